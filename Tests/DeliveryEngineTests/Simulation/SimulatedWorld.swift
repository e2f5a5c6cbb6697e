import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

@testable import DeliveryEngine

/// The whole core on virtual time: the real scheduler and token machine, with a simulated API, store, source and
/// operator around them, all driven by one seed. One thread; nothing waits.
final class SimulatedWorld {
    typealias Instant = ContinuousClock.Instant

    let seed: UInt64
    var random: SeededGenerator
    let plan: SimulationPlan
    /// Seconds since the beginning.
    private(set) var time = 0.0
    private static let origin = ContinuousClock.now
    /// Ten seconds before 08:00.
    private static let birthday = Date(timeIntervalSince1970: 1_799_999_990)

    private var queue = EventQueue()
    let store = SimulatedStore()
    var watch = SimulationWatch()
    let clients = SimulatedClients()
    var api = SimulatedAPI()
    /// The process that delivers; another one after each crash.
    var process: SimulatedProcess!
    var processes = 0
    /// Everything is healthy from then on, and the operator only continues what rests.
    let healsAt: Double
    var isHealthy: Bool { time >= healsAt }
    /// Seconds in which a healthy API, a healthy disk and nobody's help bring everything to its end that rests with
    /// nobody.
    var patience: Double { plan.dailyLimit.map { Double(2000 / $0 + 5) * 86_400 } ?? 7200 }

    /// A clock that waits for midnight is looked at twice a minute.
    private var mostSteps: Int { plan.dailyLimit == nil ? 200_000 : 400_000 }

    /// When each process before the present one came to its end.
    var processEnds: [Int: Double] = [:]
    /// Whether everything has been healthy for long.
    var hasBeenPatient = false

    /// What was wrong, in plain words; the first one ends the simulation.
    private(set) var fault: String?
    private(set) var steps = 0
    /// What happened, when somebody wants to know.
    private(set) var story: [String] = []
    private let isTelling: Bool

    init(seed: UInt64, isTelling: Bool = false) {
        self.seed = seed
        self.isTelling = isTelling
        random = SeededGenerator(seed: seed)
        plan = SimulationPlan(&random)
        healsAt = plan.troubleSeconds
    }

    // MARK: Time

    var moment: Moment {
        Moment(instant: Self.origin + .seconds(time), date: Self.birthday.addingTimeInterval(time))
    }

    func seconds(until instant: Instant) -> Double { max(0, (instant - Self.origin).inSeconds - time) }

    /// Something that happens later, whatever becomes of the process.
    func later(_ seconds: Double, _ body: @escaping () -> Void) { queue.add(time + max(0, seconds), body) }

    // MARK: Chance

    func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    func delay(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }

    // MARK: Words

    func tell(_ text: @autoclosure () -> String) {
        if isTelling { story.append(String(format: "%9.3f s  ", time) + text()) }
    }

    func fail(_ text: String) {
        if fault == nil { fault = text }
        tell("FAULT: \(text)")
    }

    // MARK: Running

    /// Runs until everything has its end, or something is wrong.
    func run() {
        process = SimulatedProcess(self)
        process.begin()
        SimulatedOperator(self).begin()
        while fault == nil {
            guard let next = queue.popFirst() else { break }
            time = max(time, next.time)
            next.body()
            steps += 1
            if fault == nil { checkStep() }
            if isHealthy, steps % 8 == 0, store.isEverythingDone, process.isAtRest, !process.isTroubled { break }
            if time > healsAt + 2 * patience {
                fail("stalled: \(store.openStory) \(2 * patience) s after everything was healthy again")
            }
            if steps > mostSteps { fail("\(mostSteps) steps and no end: something spins. \(store.openStory)") }
        }
        if fault == nil { checkEnd() }
    }
}

/// What a seed's world is like.
struct SimulationPlan {
    var isService: Bool
    var attempts: Int
    var giveUpAfter: Double?
    var concurrency: Int
    var rate: Int?
    var troubleSeconds: Double
    /// Shares of moments that bring trouble of a kind.
    var crashes: Double
    var storeFaults: Double
    var slowCommits: Double
    var operatorEvery: Double
    var weatherEvery: Double
    /// Share of records that the API refuses whatever happens.
    var refusedRecords: Double
    /// Share of records that the API can't handle.
    var breakingRecords: Double
    var lagsOfReader: Bool
    var longestFile: Int
    var openSources: Int
    /// Closed at first, or closes after a while and opens again.
    var window: SendWindow?
    /// Records a day; a new one begins after sixteen hours.
    var dailyLimit: Int?
    /// How many single records a run takes, and how many of all are kept in memory; `nil`: as many as ever.
    var submissionLimits: (run: Int, memory: Int)?

    init(_ random: inout SeededGenerator) {
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        isService = chance(0.6)
        attempts = Int.random(in: 1...5, using: &random)
        giveUpAfter = !isService && chance(0.5) ? 20 : nil
        concurrency = [1, 2, 4, 16].randomElement(using: &random) ?? 4
        rate = chance(0.25) ? Int.random(in: 3...60, using: &random) : nil
        troubleSeconds = Double.random(in: 2...40, using: &random)
        crashes = chance(0.5) ? Double.random(in: 0.01...0.15, using: &random) : 0
        storeFaults = chance(0.3) ? 0.1 : 0
        slowCommits = chance(0.4) ? 0.1 : 0
        operatorEvery = Double.random(in: 0.2...3, using: &random)
        weatherEvery = Double.random(in: 0.3...5, using: &random)
        refusedRecords = chance(0.4) ? 0.1 : 0
        breakingRecords = chance(0.1) ? 0.02 : 0
        lagsOfReader = chance(0.3)
        openSources = Int.random(in: 1...3, using: &random)
        longestFile = chance(0.1) ? 120 : 24
        let hours = chance(0.5) ? "08:00-07:00" : "08:01-08:00"
        window = chance(0.02) ? SendWindow(argument: hours + "@UTC") : nil
        dailyLimit = chance(0.02) ? Int.random(in: 20...200, using: &random) : nil
        submissionLimits = chance(0.3) ? (.random(in: 2...8, using: &random), .random(in: 1...12, using: &random)) : nil
    }
}

/// What happens next, in the order of time and then of arrival.
struct EventQueue {
    struct Entry {
        var time: Double
        var number: Int
        var body: () -> Void
    }

    private var heap: [Entry] = []
    private var next = 0

    mutating func add(_ time: Double, _ body: @escaping () -> Void) {
        next += 1
        heap.append(Entry(time: time, number: next, body: body))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func popFirst() -> Entry? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if heap.isEmpty { return first }
        heap[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, smallest) {
                smallest = child
            }
            if smallest == parent { return first }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].time, heap[left].number) < (heap[right].time, heap[right].number)
    }
}
