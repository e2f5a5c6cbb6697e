import DeliveryModel

/// Runs that were accepted and whose source is not open: each costs a few bytes, however many there are.
struct RunQueue: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Entry: Hashable, Sendable {
        /// As it stands in the journal.
        let summary: RunSummary
        /// Why it waits, in one line; `nil`: for its turn.
        var reason: String?
        /// Not to be opened before.
        var notBefore: Instant?
        /// By the operator.
        var isPaused = false
        /// How long it waits when the API refuses everything again; set when it was held for that.
        var refusalPause: Duration?
        /// How many acknowledgements there were then.
        var refusedAt: Int?
        /// An operator wants it to split on, however much is refused.
        var isRefusalAccepted = false

        init(_ summary: RunSummary) { self.summary = summary }

        var run: RunID { summary.id }
    }

    private var entries: [RunID: Entry] = [:]
    /// Those that may be opened, first come, first served. Some may have gone.
    private var line: [RunID] = []
    private var head = 0
    /// Those that an operator paused.
    private var paused: Set<RunID> = []
    /// Those that wait for a moment.
    private var delayed: Set<RunID> = []
    /// When the first of them is due.
    private(set) var nextDue: Instant?

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }
    /// Those that no operator paused.
    var unpausedCount: Int { entries.count - paused.count }

    /// The first of those that wait for their turn, for a moment and for an operator.
    func shown(maximum: Int) -> [Entry] {
        let groups = [line[head...].prefix(maximum), delayed.sorted().prefix(maximum), paused.sorted().prefix(maximum)]
        return groups.joined().compactMap { entries[$0] }
    }

    subscript(run: RunID) -> Entry? { entries[run] }

    mutating func add(_ entry: Entry) {
        entries[entry.run] = entry
        if entry.isPaused {
            paused.insert(entry.run)
            return
        }
        if entry.notBefore == nil {
            line.append(entry.run)
        } else {
            delayed.insert(entry.run)
            recompute()
        }
    }

    /// Changes an entry, which may change its place.
    mutating func update(_ run: RunID, _ change: (inout Entry) -> Void) {
        guard var entry = remove(run) else { return }
        change(&entry)
        add(entry)
    }

    func contains(where isMeant: (Entry) -> Bool) -> Bool { entries.values.contains(where: isMeant) }

    func runs(where isMeant: (Entry) -> Bool) -> [RunID] { entries.values.filter(isMeant).map(\.run).sorted() }

    /// Everything that waits for a moment may be opened now.
    mutating func hurry(where isMeant: (Entry) -> Bool = { _ in true }) {
        for run in delayed.sorted() where entries[run].map(isMeant) == true { update(run) { $0.notBefore = nil } }
    }

    mutating func endDelays(now: Instant) {
        guard let nextDue, nextDue <= now else { return }
        hurry { $0.notBefore.map { $0 <= now } ?? true }
    }

    @discardableResult
    mutating func remove(_ run: RunID) -> Entry? {
        guard let entry = entries.removeValue(forKey: run) else { return nil }
        if paused.remove(run) != nil { return entry }
        if delayed.remove(run) != nil {
            recompute()
        } else if let index = line[head...].firstIndex(of: run) {
            if index == head { head += 1 } else { line.remove(at: index) }
        }
        return entry
    }

    /// The next one to open, which leaves the queue.
    mutating func popFirst() -> Entry? {
        guard head < line.count else { return nil }
        let run = line[head]
        head += 1
        if head > 1024, head * 2 > line.count {
            line.removeFirst(head)
            head = 0
        }
        return entries.removeValue(forKey: run)
    }

    var hasReady: Bool { head < line.count }

    mutating func removeAll() -> [RunID] {
        defer { self = RunQueue() }
        return entries.keys.sorted()
    }

    private mutating func recompute() {
        nextDue = delayed.lazy.compactMap { [entries] in entries[$0]?.notBefore }.min()
    }
}
