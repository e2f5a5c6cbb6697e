/// Decides what happens with the files of a drop folder: when one is at rest, which are taken, what is moved and what is
/// tried again.
///
/// A pure value: what was seen and what was done come in as events with their time, what is to be done goes out as
/// actions. Each action is answered by one event.
struct FolderMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Rules: Sendable {
        /// How long a file must not have changed.
        var settle: Duration
        /// Files that are delivered at a time; they share the pace.
        var maximumTaken = 8
        /// Files that are moved at a time: a disk that is slow must not let them pile up.
        var maximumMoving = 16
        var firstPause: Duration = .seconds(1)
        var longestPause: Duration = .seconds(60)
    }

    enum Destination: Hashable, Codable, Sendable { case delivered, failed }

    enum Action: Hashable, Sendable {
        /// Deliver it. Answered by `began`, `ended` or `couldNotBegin`.
        case take(FolderEntry)
        /// Answered by `moved`, `couldNotMove` or `wasReplaced`.
        case move(FolderEntry, Destination)
        /// The file that was delivered is not there any more, or not as it was: nothing is left to move.
        case release(FolderEntry)
    }

    private typealias Phase = FolderFile.Phase

    private let rules: Rules
    private var files: [EntryName: FolderFile] = [:]
    /// How long files wait that could not be begun or moved: longer each time.
    private var pauses: [EntryName: Duration] = [:]
    private var open = OpenNames()
    /// When the folder was last looked at.
    private var looked: Instant?

    init(_ rules: Rules) { self.rules = rules }

    /// Files that are being delivered, and those that wait for it.
    var taken: Int { files.values.count { if case .taken(false) = $0.phase { true } else { false } } }
    private var moving: Int { files.values.count { if case .moving = $0.phase { true } else { false } } }
    var waiting: Int {
        files.values.count {
            switch $0.phase {
            case .settling, .held: true
            case .taken, .moving, .unmoved: false
            }
        }
    }

    // MARK: What was seen

    /// Whether only a look at the folder tells what an event means. What this program moves itself, and what it has
    /// never seen, is missed by nobody.
    func asksForLook(_ event: FolderEvent) -> Bool {
        switch event {
        case .left(let name, _), .deleted(let name):
            switch files[name]?.phase {
            case .settling, .held, .taken: true
            case .moving, .unmoved, nil: false
            }
        case .opened, .closedUnwritten: false
        case .created, .wrote, .closed, .arrived, .other, .overflow: true
        }
    }

    /// What the system says, in its order.
    mutating func happened(_ event: FolderEvent, at now: Instant) {
        switch event {
        case .created(let name), .wrote(let name): rest(name, since: now)
        // Who has what open is unknown then.
        case .overflow: for name in open.names { rest(name, since: now) }
        case .opened, .closed, .closedUnwritten, .deleted, .left, .arrived, .other: break
        }
        open.happened(event)
    }

    private mutating func rest(_ name: EntryName, since now: Instant) {
        if case .settling = files[name]?.phase { files[name]?.phase = .settling(since: now) }
    }

    /// All files of the folder that may be taken.
    /// - Parameter time: of the wall clock, in nanoseconds since 1970, as the files' times are.
    mutating func saw(_ entries: [FolderEntry], at now: Instant, time: Int64) {
        looked = now
        open.looked()
        var gone = Set(files.keys)
        // What arrived since the last look came in the order of the files' times.
        for entry in entries.sorted(by: FolderEntry.isOlder) {
            gone.remove(entry.name)
            let since = now - Self.age(entry, at: time)
            guard let file = files[entry.name] else {
                files[entry.name] = FolderFile(entry: entry, arrived: now, phase: .settling(since: since))
                continue
            }
            if file.entry.identity == entry.identity {
                files[entry.name]?.successor = nil
                continue
            }
            switch file.phase {
            case .settling, .held:
                let isSame = file.entry.identity.inode == entry.identity.inode
                // The same file, written to, rests from now on; another one may have rested long, elsewhere.
                files[entry.name] = FolderFile(
                    entry: entry, arrived: file.arrived, phase: .settling(since: isSame ? now : since))
            case .taken, .moving, .unmoved:
                if case .other(entry, _) = file.successor { continue }
                files[entry.name]?.successor = .other(entry, since: now)
            }
        }
        for name in gone {
            open.remove(name)
            switch files[name]?.phase {
            case .settling, .held, nil: files[name] = nil
            case .taken, .moving, .unmoved: files[name]?.successor = .nothing
            }
        }
    }

    /// How long ago a file was written, as far as that can be believed.
    private static func age(_ entry: FolderEntry, at time: Int64) -> Duration {
        .nanoseconds(max(0, time - entry.identity.modified))
    }

    /// A file that an earlier process took: its delivery is to be continued.
    mutating func recovered(_ entry: FolderEntry, at now: Instant) -> Action {
        files[entry.name] = FolderFile(entry: entry, arrived: now, phase: .taken(isParked: false))
        return .take(entry)
    }

    /// A file that an earlier process was about to move, and perhaps has moved.
    mutating func recovered(_ entry: FolderEntry, _ outcome: Destination, at now: Instant) {
        files[entry.name] = FolderFile(entry: entry, arrived: now, phase: .moving(outcome))
    }

    // MARK: What was done

    mutating func began(_ name: EntryName) { set(name, .taken(isParked: false)) }

    /// An operator stopped it; it stays where it is until somebody resumes or discards it.
    mutating func parked(_ name: EntryName) { set(name, .taken(isParked: true)) }

    /// Whether an operator stopped it.
    func isParked(_ name: EntryName) -> Bool {
        if case .taken(isParked: true) = files[name]?.phase { true } else { false }
    }

    /// Something else than the file is at fault: it stays where it is and is tried again.
    mutating func couldNotBegin(_ name: EntryName, at now: Instant) {
        guard let file = files[name] else { return }
        guard file.successor == nil else { return replace(file) }
        set(name, .held(until: now + nextPause(name)))
    }

    private mutating func nextPause(_ name: EntryName) -> Duration {
        let pause = min(pauses[name].map { $0 * 2 } ?? rules.firstPause, rules.longestPause)
        pauses[name] = pause
        return pause
    }

    /// - Returns: what is to be done with the file.
    mutating func ended(_ name: EntryName, _ outcome: Destination) -> Action? {
        guard let file = files[name], case .taken = file.phase else { return nil }
        pauses[name] = nil
        guard file.successor == nil else {
            replace(file)
            return .release(file.entry)
        }
        set(name, .moving(outcome))
        return .move(file.entry, outcome)
    }

    mutating func moved(_ name: EntryName) {
        guard let file = files[name] else { return }
        // What was moved is what was delivered; anything that lies there by now is new.
        replace(file)
    }

    mutating func couldNotMove(_ name: EntryName, at now: Instant) {
        guard case .moving(let outcome) = files[name]?.phase else { return }
        set(name, .unmoved(outcome, until: now + nextPause(name)))
    }

    /// The file under the name is not the one that was delivered.
    mutating func wasReplaced(_ name: EntryName) {
        guard let file = files[name] else { return }
        replace(file)
    }

    /// Forgets a file; what lies under its name now, if anything does, is a new one.
    private mutating func replace(_ file: FolderFile) {
        let name = file.entry.name
        files[name] = nil
        pauses[name] = nil
        if case .other(let entry, let since) = file.successor {
            files[name] = FolderFile(entry: entry, arrived: since, phase: .settling(since: since))
        }
    }

    private mutating func set(_ name: EntryName, _ phase: Phase) { files[name]?.phase = phase }

    // MARK: What is to be done

    /// What is due now.
    mutating func next(at now: Instant) -> [Action] {
        var actions: [Action] = []
        for file in files.values {
            guard case .taken(isParked: true) = file.phase, file.successor != nil else { continue }
            // What was stopped is not there any more to be continued.
            replace(file)
            actions.append(.release(file.entry))
        }
        for (name, file) in files {
            guard case .unmoved(let outcome, let until) = file.phase, until <= now else { continue }
            if file.successor != nil {
                replace(file)
                actions.append(.release(file.entry))
            } else {
                files[name]?.phase = .moving(outcome)
                actions.append(.move(file.entry, outcome))
            }
        }
        var room = room
        while room > 0, let file = firstReady(at: now) {
            files[file.entry.name]?.phase = .taken(isParked: false)
            actions.append(.take(file.entry))
            room -= 1
        }
        return actions
    }

    private func firstReady(at now: Instant) -> FolderFile? {
        files.values.lazy.filter { isReady($0, at: now) }.min(by: FolderFile.isBefore)
    }

    /// How many files may be taken now.
    private var room: Int { moving < rules.maximumMoving ? rules.maximumTaken - taken : 0 }

    private func isReady(_ file: FolderFile, at now: Instant) -> Bool {
        switch file.phase {
        // As it was last seen: of what another machine does to a network mount there are no events.
        case .settling(let since):
            looked.map { $0 - since >= rules.settle } == true && !open.names.contains(file.entry.name)
        case .held(let until): until <= now
        case .taken, .moving, .unmoved: false
        }
    }

    /// Whether a file may have come to rest since the last look.
    func needsLook(at now: Instant) -> Bool {
        guard room > 0 else { return false }
        return files.values.contains { file in
            guard case .settling(let since) = file.phase, now - since >= rules.settle else { return false }
            return !isReady(file, at: now) && !open.names.contains(file.entry.name)
        }
    }

    /// When something is due next; `nil` when that depends on what happens.
    func wakesAt(after now: Instant) -> Instant? {
        let hasRoom = room > 0
        return files.values.compactMap { file -> Instant? in
            switch file.phase {
            case .settling(let since): hasRoom && !open.names.contains(file.entry.name) ? since + rules.settle : nil
            case .held(let until): hasRoom ? until : nil
            case .unmoved(_, let until): until
            case .taken, .moving: nil
            }
        }.min().map { max($0, now) }
    }
}
