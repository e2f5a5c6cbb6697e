import DeliveryModel
import Foundation
import Logging
import SystemPackage

/// The drop folder's loop: takes inputs one by one, asks the machine, and starts what it decides.
struct FolderLoop {
    enum Input: Sendable {
        case changed
        case woke(ContinuousClock.Instant)
        case began(EntryName, Claim)
        case renamed(EntryName)
        /// With the claim that the next attempt continues with.
        case fault(EntryName, Claim?, String)
        case ended(FileEnding)
        case endedEarly(EntryName, Claim, FileEnding)
        case moved(EntryName, Claim, FileEnding, FolderMove.Result)
        case unmoved(EntryName, Claim, FileEnding, String)
    }

    typealias Group = DiscardingTaskGroup

    private let settings: FolderSettings
    private let patterns: [GlobPattern]
    private let steps: FolderSteps
    private let delivery: any FileDelivery
    private let logger: Logger
    private let inputs: AsyncStream<Input>.Continuation
    private let clock = ContinuousClock()

    private var machine: FolderMachine
    private var voice = FaultVoice()
    private var events: FolderEvents?
    private var watched: (device: UInt64, inode: UInt64)?
    private var lastLook: ContinuousClock.Instant?
    /// How long the last look took: a folder of a hundred thousand files is not looked at all the time.
    private var lookTime: Duration = .zero
    /// Whether something happened since then that only a look explains.
    private var isStale = true
    private var wakesAt: ContinuousClock.Instant?
    /// What is known of the files that were taken.
    private var claims: [EntryName: Claim] = [:]
    private var endings: [EntryName: FileEnding] = [:]
    private var names: [RunID: EntryName] = [:]
    private var unmatched: Set<EntryName> = []

    private(set) var snapshot: FolderSnapshot

    /// Between two looks without any event; a network mount may have none.
    private static let slowInterval: Duration = .seconds(2)
    /// Between two looks in any case.
    private static let quickInterval: Duration = .milliseconds(50)

    init(
        settings: FolderSettings, claims: ClaimStore, delivery: any FileDelivery, logger: Logger,
        ended: @escaping @Sendable (FileEnding, String?) -> Void, inputs: AsyncStream<Input>.Continuation
    ) {
        self.settings = settings
        patterns = settings.patterns.map(GlobPattern.init)
        steps = FolderSteps(
            folder: settings.folder, move: FolderMove(folder: settings.folder), claims: claims, delivery: delivery,
            inputs: inputs, ended: ended)
        self.delivery = delivery
        self.logger = logger
        self.inputs = inputs
        machine = FolderMachine(.init(settle: settings.settle))
        snapshot = FolderSnapshot(folder: settings.folder.string)
    }

    /// Continues with what an earlier process took.
    mutating func adopt(_ kept: [Claim], _ group: inout Group) {
        for claim in kept {
            let entry = claim.entry
            if let target = claim.target {
                claims[entry.name] = claim
                machine.recovered(entry, target.outcome, at: clock.now)
                group.addTask { [steps] in await steps.moveAgain(entry, target.outcome, claim) }
            } else if steps.isThere(entry) {
                claims[entry.name] = claim
                perform([machine.recovered(entry, at: clock.now)], &group)
            } else {
                if claim.run != nil {
                    logger.warning(
                        "drop folder: \(entry.name) was removed or replaced while its delivery was interrupted")
                }
                steps.release(claim)
            }
        }
    }

    func stop() { events?.stop() }

    // MARK: Inputs

    mutating func handle(_ input: Input, _ group: inout Group) {
        let now = clock.now
        switch input {
        case .changed: break
        case .woke(let instant):
            guard instant == wakesAt else { return }
            wakesAt = nil
        case .began(let name, let claim):
            claims[name] = claim
            machine.began(name)
            guard let run = claim.run else { break }
            names[run] = name
            // It may have ended before anybody knew whose it is.
            group.addTask { [delivery, inputs] in
                if let ending = await delivery.ending(of: run) { inputs.yield(.ended(ending)) }
            }
        case .renamed(let name):
            logger.warning("drop folder: \(name): the name is not UTF-8; renamed to \(name.readable)")
            machine.wasReplaced(name)
            (isStale, lastLook) = (true, nil)
        case .fault(let name, let claim, let fault):
            claims[name] = claim
            say(fault, of: name, at: now)
            machine.couldNotBegin(name, at: now)
        case .ended(let ending):
            guard let run = ending.run, let name = names[run], let claim = claims[name] else { return }
            end(name, claim, ending, &group)
        case .endedEarly(let name, let claim, let ending):
            end(name, claim, ending, &group)
        case .moved(let name, let claim, let ending, let result):
            moved(name, claim, ending, result)
        case .unmoved(let name, let claim, let ending, let fault):
            claims[name] = claim
            endings[name] = ending
            say(fault, of: name, at: now)
            machine.couldNotMove(name, at: now)
        }
        look(&group)
    }

    private mutating func end(_ name: EntryName, _ claim: Claim, _ ending: FileEnding, _ group: inout Group) {
        claims[name] = claim
        endings[name] = ending
        let now = clock.now
        switch ending.verdict {
        case .delivered, .failed:
            if let run = ending.run { names[run] = nil }
            let outcome: FolderMachine.Destination = ending.verdict == .delivered ? .delivered : .failed
            if let action = machine.ended(name, outcome) { perform([action], &group) }
        case .stopped:
            if let run = ending.run { names[run] = name }
            machine.parked(name)
        case .interrupted(let fault):
            say(fault, of: name, at: now)
            machine.couldNotBegin(name, at: now)
        }
    }

    private mutating func moved(_ name: EntryName, _ claim: Claim, _ ending: FileEnding, _ result: FolderMove.Result) {
        claims[name] = nil
        endings[name] = nil
        switch result {
        case .moved:
            let outcome = claim.target?.outcome ?? .delivered
            switch outcome {
            case .delivered: snapshot.delivered += 1
            case .failed: snapshot.failed += 1
            }
        case .gone:
            logger.warning("drop folder: \(name) was removed while it was delivered: \(ending.words)")
        case .replaced:
            logger.warning(
                "drop folder: \(name) was replaced while it was delivered; what lies there now is delivered next")
        }
        machine.moved(name)
    }

    // MARK: Looking

    /// Looks at the folder when it is time to, takes what is at rest, and sees to it that it is called again.
    mutating func look(_ group: inout Group) {
        let now = clock.now
        // Before anything is taken: a file that somebody has just opened must not be taken for one that lies there.
        for event in events?.take() ?? [] {
            if machine.asksForLook(event) { isStale = true }
            machine.happened(event, at: now)
        }
        let isOld = lastLook.map { now - $0 >= Self.slowInterval } ?? true
        if isStale || isOld || events == nil || machine.needsLook(at: now) {
            let pause = max(Self.quickInterval, lookTime * 4)
            if let lastLook, now - lastLook < pause { return wake(at: lastLook + pause, &group) }
            scan(at: now, &group)
            lookTime = clock.now - now
        }
        if snapshot.fault == nil { perform(machine.next(at: now), &group) }
        snapshot.waiting = machine.waiting
        snapshot.taken = machine.taken
        let next = (lastLook ?? now) + Self.slowInterval
        wake(at: snapshot.fault == nil ? min(next, machine.wakesAt(after: now) ?? next) : next, &group)
    }

    private mutating func scan(at now: ContinuousClock.Instant, _ group: inout Group) {
        lastLook = now
        isStale = false
        do {
            let scan = try FolderScan(settings.folder, patterns: patterns)
            try watch(&group)
            snapshot.fault = nil
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            machine.saw(scan.entries, at: now, time: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
            askForStopped(&group)
            report(unmatched: scan.unmatched)
        } catch {
            let fault = "\(settings.folder) can't be read: \(error)"
            snapshot.fault = fault
            events?.stop()
            (events, watched) = (nil, nil)
            if voice.speaks(of: fault, at: now) { logger.error("drop folder: \(fault)") }
        }
    }

    /// An operator may have discarded what was stopped; nobody tells of that.
    private mutating func askForStopped(_ group: inout Group) {
        for (run, name) in names where machine.isParked(name) {
            group.addTask { [delivery, inputs] in
                guard let ending = await delivery.ending(of: run) else { return }
                switch ending.verdict {
                case .delivered, .failed: inputs.yield(.ended(ending))
                case .stopped, .interrupted: break
                }
            }
        }
    }

    /// Asks the system for events of the folder that lies there now.
    private mutating func watch(_ group: inout Group) throws {
        var status = stat()
        guard stat(settings.folder.string, &status) == 0 else { throw Errno(rawValue: errno) }
        let present = (device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        if let watched, watched == present { return }
        watched = present
        events?.stop()
        machine.happened(.overflow, at: clock.now)
        guard let events = FolderEvents(settings.folder) else { return }
        self.events = events
        group.addTask { [inputs] in
            for await _ in events.changes { inputs.yield(.changed) }
        }
    }

    private mutating func wake(at instant: ContinuousClock.Instant, _ group: inout Group) {
        let instant = max(instant, clock.now + .milliseconds(5))
        if let wakesAt, wakesAt <= instant { return }
        wakesAt = instant
        group.addTask { [inputs, clock] in
            do { try await clock.sleep(until: instant, tolerance: .zero) } catch { return }
            inputs.yield(.woke(instant))
        }
    }

    private mutating func report(unmatched names: [EntryName]) {
        for name in names where !unmatched.contains(name) {
            logger.warning("drop folder: \(name) matches no --pattern and is left alone")
        }
        unmatched = Set(names)
    }

    private mutating func say(_ fault: String, of name: EntryName, at now: ContinuousClock.Instant) {
        // One fault of the API or the disk holds up all files alike: it is said for the first of them.
        guard voice.speaks(of: fault, at: now) else { return }
        logger.warning("drop folder: \(name) waits: \(fault)")
    }

    // MARK: Actions

    private mutating func perform(_ actions: [FolderMachine.Action], _ group: inout Group) {
        for action in actions {
            switch action {
            case .take(let entry):
                let claim = claims[entry.name]
                group.addTask { [steps] in await steps.take(entry, claim) }
            case .move(let entry, let outcome):
                guard let claim = claims[entry.name], let ending = endings[entry.name] else { continue }
                group.addTask { [steps] in await steps.move(entry, outcome, claim, ending) }
            case .release(let entry):
                guard let claim = claims.removeValue(forKey: entry.name) else { continue }
                if let run = claim.run { names[run] = nil }
                let ending = endings.removeValue(forKey: entry.name)
                let words = ending.map { ": \($0.words)" } ?? ""
                logger.warning(
                    "drop folder: \(entry.name) was removed, replaced, or changed while it was delivered\(words)")
                group.addTask { [steps] in
                    steps.release(claim)
                    if let ending { steps.ended(ending, nil) }
                }
            }
        }
    }
}
