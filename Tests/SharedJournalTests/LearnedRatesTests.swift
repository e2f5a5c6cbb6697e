import Testing

@testable import SharedJournal

@Suite("What one node has learned about the API's rate, the others know")
struct LearnedRatesTests {
    /// Nodes that see each other's reports, as often as `look` is called.
    private struct Nodes {
        var seats: [String: LearnedRates] = [:]
        var engines: [String: Double] = [:]
        var busy: Set<String> = []

        var sum: Double { busy.reduce(0) { $0 + (engines[$1] ?? 0) } }

        mutating func look() {
            for name in seats.keys.sorted() {
                let reports = seats.filter { $0.key != name }.compactMapValues(\.own)
                switch seats[name]?.look(at: reports, rate: engines[name], isBusy: busy.contains(name)) {
                case .begin(let rate): engines[name] = rate
                case .scale(let factor): engines[name]? *= factor
                case nil: break
                }
            }
        }

        /// A node that learns by itself.
        mutating func add(_ name: String, learned: Double? = nil) {
            seats[name] = LearnedRates()
            busy.insert(name)
            look()
            if let learned {
                engines[name] = learned
                look()
            }
        }
    }

    @Test("a node that begins takes an equal part, and the sum stays", arguments: 1...5)
    func joining(_ count: Int) {
        var nodes = Nodes()
        nodes.add("node 0", learned: 60)
        for number in 1..<max(2, count) { nodes.add("node \(number)") }
        nodes.look()
        #expect(abs(nodes.sum - 60) < 1e-9)
        let part = 60 / Double(nodes.seats.count)
        for (_, rate) in nodes.engines { #expect(abs(rate - part) < 1e-9) }
    }

    @Test("what a node leaves, or does not use any more, the others take over")
    func leaving() {
        var nodes = Nodes()
        nodes.add("a", learned: 30)
        nodes.add("b")
        nodes.add("c")
        nodes.look()
        nodes.seats["a"] = nil
        nodes.busy.remove("a")
        nodes.look()
        #expect(abs(nodes.sum - 30) < 1e-9)
        nodes.busy.remove("b")
        nodes.look()
        nodes.look()
        #expect(nodes.engines["c"].map { abs($0 - 30) < 1e-9 } == true)
        #expect(nodes.seats["b"]?.own == nil)
        nodes.busy.insert("b")
        nodes.look()
        nodes.look()
        #expect(abs(nodes.sum - 30) < 1e-9)
        #expect(nodes.engines["b"].map { abs($0 - 15) < 1e-9 } == true)
    }

    @Test("nodes that learn at the same time keep what each has learned")
    func together() {
        var nodes = Nodes()
        for name in ["a", "b", "c"] { nodes.add(name) }
        nodes.engines = ["a": 10, "b": 20, "c": 30]
        for _ in 0..<3 { nodes.look() }
        #expect(nodes.engines == ["a": 10, "b": 20, "c": 30])
    }

    @Test("a node that was never refused tells nothing, and takes nothing while it sends")
    func free() {
        var nodes = Nodes()
        nodes.add("a")
        nodes.add("b", learned: 8)
        for _ in 0..<3 { nodes.look() }
        #expect(nodes.engines == ["b": 8])
        #expect(nodes.seats["a"]?.own == nil)
    }

    @Test("whatever others say, most of a rate is not given up at once")
    func bounded() {
        var seat = LearnedRates()
        _ = seat.look(at: [:], rate: nil, isBusy: true)
        _ = seat.look(at: [:], rate: 40, isBusy: true)
        let taken = ["b", "c", "d"].map { ($0, LearnedRates.Report(rate: 100, taken: 1)) }
        let change = seat.look(at: Dictionary(uniqueKeysWithValues: taken), rate: 40, isBusy: true)
        #expect(change == .scale(by: 0.25))
    }

    @Test(
        "what can't be is not reckoned with",
        arguments: [(0.0, 0.0), (-1, 0), (.nan, 0), (.infinity, 0), (1e9, 0), (10, 2), (10, -1), (10, .nan)])
    func unsound(_ rate: Double, _ taken: Double) {
        var seat = LearnedRates()
        let others = ["b": LearnedRates.Report(rate: rate, taken: taken)]
        #expect(seat.look(at: others, rate: nil, isBusy: true) == nil)
        #expect(seat.look(at: others, rate: 0, isBusy: true) == nil)
        #expect(seat.own == nil)
        #expect(seat.look(at: others, rate: 7, isBusy: true) == nil)
        #expect(seat.own == LearnedRates.Report(rate: 7, taken: 0))
    }
}
