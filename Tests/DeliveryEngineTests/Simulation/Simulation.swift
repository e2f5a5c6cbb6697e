import DeliveryModel
import Foundation

@testable import DeliveryEngine

/// What every simulation has: one seed that all chance comes from, virtual time in which things happen in their order, and
/// the story of it. One thread; nothing waits.
class Simulation {
    typealias Instant = ContinuousClock.Instant

    let seed: UInt64
    var random: SeededGenerator
    /// Seconds since the beginning.
    private(set) var time = 0.0
    private static let origin = ContinuousClock.now
    /// Ten seconds before 08:00.
    private static let birthday = Date(timeIntervalSince1970: 1_799_999_990)
    private var queue = EventQueue()

    /// What was wrong, in plain words; the first one ends the simulation.
    private(set) var fault: String?
    private(set) var steps = 0
    /// What happened, when somebody wants to know.
    private(set) var story: [String] = []
    private let isTelling: Bool

    /// - Parameter random: of the seed, after what the plan has drawn from it.
    init(seed: UInt64, random: SeededGenerator, isTelling: Bool) {
        self.seed = seed
        self.random = random
        self.isTelling = isTelling
    }

    /// Runs until everything has its end, or something is wrong.
    func run() { preconditionFailure("each simulation runs in its own way") }

    // MARK: Time

    var moment: Moment { Moment(instant: instant, date: date) }
    var instant: Instant { Self.origin + .seconds(time) }
    var date: Date { Self.birthday.addingTimeInterval(time) }

    func seconds(until instant: Instant) -> Double { max(0, (instant - Self.origin).inSeconds - time) }

    /// Something that happens later, whatever becomes of the process.
    func later(_ seconds: Double, _ body: @escaping () -> Void) { queue.add(time + max(0, seconds), body) }

    /// Does what happens next.
    /// - Returns: `false` when nothing ever happens again.
    func step() -> Bool {
        guard let next = queue.popFirst() else { return false }
        time = max(time, next.time)
        next.body()
        steps += 1
        return true
    }

    /// Forgets what would have happened, which holds on to the simulation.
    func end() { queue = EventQueue() }

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
