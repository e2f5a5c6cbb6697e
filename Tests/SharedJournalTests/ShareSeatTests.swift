import DeliveryModel
import Testing

@testable import SharedJournal

@Suite("One node's place among those that divide the limits")
struct ShareSeatTests {
    private let start = ContinuousClock.now

    private func situation(_ inFlight: Int, isBusy: Bool = true) -> ShareSeat.Situation {
        ShareSeat.Situation(inFlight: inFlight, isBusy: isBusy)
    }

    private func step(
        _ seat: inout ShareSeat, _ read: SharedLimits, _ situation: ShareSeat.Situation, _ own: ClusterLimits
    ) throws -> SharedLimits {
        let next = seat.step(read, situation, own: own, now: start)
        return try #require(next)
    }

    @Test("the first node stores its own limits, and takes all of them")
    func first() throws {
        var seat = ShareSeat(node: "a")
        let own = ClusterLimits(concurrency: 4, rate: 100)
        let written = try step(&seat, SharedLimits(), situation(0), own)
        #expect(written.limits == own)
        #expect(written.share(of: "a") == NodeShare(concurrency: 4, rate: 100))
        seat.apply(written)
        let next = seat.step(written, situation(4), own: ClusterLimits(concurrency: 9), now: start)
        #expect(next == nil)
    }

    @Test("a smaller share is confirmed when what is in flight fits in, and not before")
    func confirms() throws {
        var (first, second) = (ShareSeat(node: "a"), ShareSeat(node: "b"))
        let own = ClusterLimits(concurrency: 4)
        var stored = try step(&first, SharedLimits(), situation(0), own)
        first.apply(stored)
        stored = try step(&second, stored, situation(0), own)
        #expect(stored.share(of: "b").concurrency == 0)
        first.apply(stored)
        #expect(stored.share(of: "a").concurrency == 2)
        if let next = first.step(stored, situation(4), own: own, now: start) { stored = next }
        #expect(stored.shares[.concurrency]?["a"]?.held == 4)
        stored = try step(&first, stored, situation(2), own)
        #expect(stored.shares[.concurrency]?["a"]?.held == 2)
        #expect(stored.share(of: "b").concurrency == 2)
    }

    @Test("who holds the only place gives it up after its turn")
    func turns() throws {
        var seat = ShareSeat(node: "a")
        let own = ClusterLimits(concurrency: 1)
        var stored = try step(&seat, SharedLimits(), situation(0), own)
        stored.shares[.concurrency]?.take(part: "b", isBusy: true)
        stored.shares[.rate]?.take(part: "b", isBusy: true)
        var owner = Set<String>()
        for second in 0..<10 {
            let inFlight = stored.share(of: "a").concurrency
            seat.apply(stored)
            let revision = stored.shares[.concurrency]?["b"]?.revision ?? 0
            stored.shares[.concurrency]?.confirm("b", revision: revision)
            if let next = seat.step(
                stored, situation(inFlight), own: own, now: start.advanced(by: .seconds(second)))
            {
                stored = next
            }
            let granted = ["a", "b"].filter { stored.shares[.concurrency]?[$0]?.granted == 1 }
            #expect(granted.count <= 1)
            owner.formUnion(granted)
        }
        #expect(owner == ["a", "b"])
    }

    @Test("hours that an earlier version did not store are those of the node that finds that out first")
    func hours() throws {
        var seat = ShareSeat(node: "a")
        let window = "08:00-20:00@UTC"
        var stored = try step(&seat, SharedLimits(), situation(0), ClusterLimits(concurrency: 4))
        stored.window = nil
        stored = try step(&seat, stored, situation(0), ClusterLimits(concurrency: 9, window: window))
        #expect(stored.limits == ClusterLimits(concurrency: 4, window: window))
        seat.apply(stored)
        let next = seat.step(stored, situation(4), own: ClusterLimits(concurrency: 9), now: start)
        #expect(next == nil)
    }

    @Test("without a record a second a node has no request either")
    func noRate() {
        var read = SharedLimits()
        read.shares[.concurrency] = LimitShares(limit: 16, holders: [.init(node: "a", granted: 8, held: 8)])
        read.shares[.rate] = LimitShares(limit: 1, holders: [.init(node: "a", granted: 0, held: 0)])
        #expect(read.share(of: "a").concurrency == 0)
        #expect(read.share(of: "b") == .none)
    }
}
