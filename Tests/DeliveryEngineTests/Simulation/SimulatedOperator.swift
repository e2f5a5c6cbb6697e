import DeliveryModel
import ShowAdsAPI
import StoreTestSupport

@testable import DeliveryEngine

/// Whoever works with the program, and whatever happens to it: from the seed.
final class SimulatedOperator {
    private let world: SimulatedWorld
    private var identities = 0
    private var submissions = 0
    private var files = 0

    init(_ world: SimulatedWorld) { self.world = world }

    func begin() {
        startFile()
        world.later(world.delay(0...world.plan.operatorEvery), act)
        world.later(world.delay(0...world.plan.weatherEvery), changeWeather)
    }

    // MARK: Weather

    private func changeWeather() {
        guard !world.isHealthy else { return }
        let next = world.chance(0.35) ? .healthy : SimulatedAPI.Weather.allCases.randomElement(using: &world.random)!
        world.api.weather = next
        world.tell("the API is \(next.rawValue)")
        let left = world.healsAt - world.time
        if left > 0 { world.later(min(left, world.delay(0.05...2 * world.plan.weatherEvery)), changeWeather) }
        world.later(max(0, left)) { [self] in
            if world.api.weather != .healthy { world.tell("the API is healthy for good") }
            world.api.weather = .healthy
        }
    }

    // MARK: Commands

    private func act() {
        guard !world.isHealthy else {
            world.process.decide { $0.knowShortage(nil, at: $1) }
            return tend()
        }
        world.later(world.delay(0...2 * world.plan.operatorEvery), act)
        if world.chance(0.02) {
            let shortage = world.chance(0.5) ? DeliveryError(.busy, "The disk has little room.") : nil
            return world.process.decide { $0.knowShortage(shortage, at: $1) }
        }
        if world.chance(world.plan.crashes) { return world.process.crash() }
        if world.chance(world.plan.crashes / 3) {
            return world.process.shutDown(world.chance(0.5) ? .now : .finishInFlight)
        }
        switch world.number(0...15) {
        case 0, 1: startFile()
        case 2, 3, 4: submit()
        case 5:
            command("pauses") { (run, scheduler, moment) throws(DeliveryError) in
                try scheduler.pause(run, at: moment)
            }
        case 6:
            command("unpauses") { (run, scheduler, moment) throws(DeliveryError) in
                try scheduler.unpause(run, at: moment)
            }
        case 7:
            command("stops") { (run, scheduler, moment) throws(DeliveryError) in
                try scheduler.stop(run, mode: .finishInFlight, at: moment)
            }
        case 8:
            command("stops now") { (run, scheduler, moment) throws(DeliveryError) in
                try scheduler.stop(run, mode: .now, at: moment)
            }
        case 9, 10:
            guard let run = anyRun() else { return }
            resume(run)
            // A key that is pressed twice.
            if world.chance(0.5) { world.later(world.delay(0...0.1)) { [self] in resume(run) } }
        case 11: if let run = anyRun() { world.process.retry(run, onlyOne: world.chance(0.3)) }
        case 12: if let run = anyRun() { world.process.resend(of: run) }
        case 13:
            guard world.chance(0.4) else { return changeSchedule() }
            guard let run = anyRun() else { return }
            world.tell("the operator discards run \(run)")
            do throws(DeliveryError) {
                try world.process.discard(run)
            } catch {
                world.tell("… \(error.message)")
            }
            // Somebody else continues it at the same time.
            if world.chance(0.5) { world.later(world.delay(0...0.2)) { [self] in resume(run) } }
        case 14:
            let process = world.process!
            let rate = world.chance(0.5) ? nil : Optional(world.number(2...100))
            let concurrency = world.number(1...16)
            world.tell("the operator sets rate \(rate.map(String.init) ?? "none"), concurrency \(concurrency)")
            process.decide { $0.setRate(rate, at: $1) }
            process.decide { $0.setConcurrency(concurrency, at: $1) }
        default:
            world.tell("the operator says: retry now")
            world.watch.pausesAreOver()
            world.process.decide { $0.retryNow(at: $1) }
        }
    }

    /// Other hours, or one run although the window is closed.
    private func changeSchedule() {
        guard let planned = world.plan.window else { return }
        if world.chance(0.5) {
            command("passes the window with") { (run, scheduler, moment) throws(DeliveryError) in
                try scheduler.passWindow(run, at: moment)
            }
        } else {
            let window = world.chance(0.5) ? nil : planned
            world.window = window
            world.tell("the operator sets the send window: \(window?.text ?? "always")")
            world.process.decide { $0.setSchedule(window: window, dailyLimit: world.plan.dailyLimit, at: $1) }
        }
    }

    private func command(
        _ verb: String,
        _ body: (RunID, inout DeliveryScheduler, Moment) throws(DeliveryError) -> Void
    ) {
        guard let run = anyRun() else { return }
        world.tell("the operator \(verb) run \(run)")
        do throws(DeliveryError) {
            try world.process.decide { (scheduler, moment) throws(DeliveryError) in try body(run, &scheduler, moment) }
        } catch {
            world.tell("… \(error.message)")
        }
    }

    private func resume(_ run: RunID) {
        let process = world.process!
        world.tell("the operator resumes run \(run)")
        do throws(DeliveryError) {
            let claim = try process.decide { (scheduler, moment) throws(DeliveryError) in
                try scheduler.claim(run, at: moment)
            }
            if claim == .read { process.later(world.delay(0.001...0.1)) { process.load(run) } }
        } catch {
            world.tell("… \(error.message)")
        }
    }

    private func anyRun() -> RunID? { world.store.runs.keys.sorted().randomElement(using: &world.random) }

    // MARK: Work

    private func startFile() {
        files += 1
        guard files <= 6 else { return }
        let count = world.number(0...world.plan.longestFile)
        let file = (0..<count).map { _ in world.chance(0.1) ? -1 : nextIdentity() }
        let source: RunSource = world.chance(0.5) ? .file(path: "file") : .upload(name: "upload")
        world.process.startFile(file, source: source, batchSize: world.number(1...8))
    }

    private func submit() {
        for _ in 0..<world.number(1...5) {
            let identity = nextIdentity()
            if world.chance(0.3) {
                world.clients.submit(identity, in: world) { [self] in nextSubmission() }
            } else {
                let submission = SimulatedBatches.submission(nextSubmission(), identity: identity)
                world.process.decide { $0.submit(submission, at: $1) }
            }
        }
    }

    private func nextSubmission() -> SubmissionID {
        submissions += 1
        return submissions
    }

    private func nextIdentity() -> Int {
        identities += 1
        if world.chance(world.plan.refusedRecords) { world.api.refused.insert(identities) }
        if world.chance(world.plan.breakingRecords) { world.api.breaking.insert(identities) }
        return identities
    }

    // MARK: The end

    /// Everything is healthy: at first nobody helps, then an operator continues what is an operator's to continue.
    private func tend() {
        guard world.time >= world.healsAt + world.patience else {
            world.later(world.healsAt + world.patience - world.time, tend)
            return
        }
        world.checkHealed()
        world.later(20, tend)
        let process = world.process!
        for run in world.store.runs.values.sorted(by: { $0.id < $1.id }) where run.isOpen {
            if process.scheduler.isActive(run.id) {
                if isPaused(run.id) {
                    process.decide { scheduler, moment in try? scheduler.unpause(run.id, at: moment) }
                }
            } else if run.standingOrder != nil || !process.scheduler.policy.resumesByItself(run.source) {
                resume(run.id)
            }
        }
    }

    private func isPaused(_ run: RunID) -> Bool {
        world.process.scheduler.queue[run]?.isPaused == true
            || world.process.scheduler.runs[run]?.machine.life == .paused
    }
}
