import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI
import StoreTestSupport

@testable import DeliveryEngine

/// What an onlooker sees of the requests: how they share the way out, and what the API asked for.
struct SimulationWatch {
    /// Until when the API asked for a pause, by the runs that were open then and by when it was asked.
    private var pauses: [RunID: [(asked: Double, until: Double, process: Int)]] = [:]
    /// Transient answers in a row that each batch or part got, since any answer showed a working API.
    private var streaks: [WorkUnit.ID: Int] = [:]
    /// Refusals of single records that each run has got since anything was applied.
    private var refusals: [RunID: Int] = [:]
    /// Those that an acknowledgement among the same facts has made forgotten: the scheduler has not heard of it yet.
    private var forgottenRefusals: [RunID: Int] = [:]
    /// Records that left of one run while another one had something ready, in both directions, since one of the two
    /// had nothing.
    private var ahead: [Pair: Int] = [:]
    private var largest = 1

    private struct Pair: Hashable {
        var first: RunID
        var second: RunID
    }

    // MARK: Pauses

    mutating func pausesAreOver() { pauses = [:] }

    private mutating func noted(_ retryAfter: RetryAfter?, in world: SimulatedWorld) {
        guard let pause = retryAfter?.pause.inSeconds, pause > 1.5 else { return }
        for run in world.process.scheduler.roundRobin {
            pauses[run, default: []].append((world.time, world.time + pause, world.process.number))
        }
    }

    // MARK: Answers

    mutating func loginAnswered(_ answer: APIResponse, in world: SimulatedWorld) {
        noted(answer.outcome.retryAfter, in: world)
        if answer.outcome.fault == nil { streaks = [:] }
    }

    mutating func answered(_ unit: WorkUnit, _ answer: APIResponse, in world: SimulatedWorld) {
        noted(answer.outcome.retryAfter, in: world)
        switch answer.outcome {
        case .transient: if answer.phase == .banners { streaks[unit.id, default: 0] += 1 }
        case .refused:
            if unit.records.count == 1 { refusals[unit.run, default: 0] += 1 }
            streaks = [:]
        case .applied:
            // Those of a run that is ending for them have said what they say.
            forgottenRefusals.merge(refusals, uniquingKeysWith: max)
            refusals = refusals.filter { world.process.scheduler.runs[$0.key]?.machine.isEnding == true }
            streaks = [:]
        default: streaks = [:]
        }
    }

    /// The scheduler knows of all answers now.
    mutating func told(in world: SimulatedWorld) {
        for (run, count) in forgottenRefusals where world.process.scheduler.runs[run]?.machine.isEnding == true {
            refusals[run] = max(count, refusals[run] ?? 0)
        }
        forgottenRefusals = [:]
    }

    func refusals(of run: RunID) -> Int { max(refusals[run] ?? 0, forgottenRefusals[run] ?? 0) }

    func streak(of unit: WorkUnit.ID) -> Int { streaks[unit] ?? 0 }

    // MARK: Requests

    /// A request leaves.
    mutating func left(_ run: RunID, records: Int, in world: SimulatedWorld) {
        let process = world.process!
        let order = process.scheduler.standingOrders[run] ?? world.store.runs[run]?.standingOrder
        if order == .paused { world.fail("run \(run) sends although an operator paused it") }
        // What one run was told holds for all, as long as that one is open.
        let known = pauses.filter { $0.key == run || world.store.runs[$0.key]?.isOpen == true }.values.joined()
        for pause in known where pause.until > world.time + 0.001 {
            // One that was asked for just before a crash may not have been durable.
            let wasKnown = world.plan.storeFaults == 0 && wasDurable(pause.asked, by: pause.process, in: world)
            guard pause.process == process.number || wasKnown else { continue }
            world.fail(
                String(
                    format: "run \(run) sends %.1f s before the end of a pause that the API asked for",
                    pause.until - world.time))
        }
        pauses[run]?.removeAll { $0.until <= world.time }
        shared(run, records, process.scheduler, in: world)
    }

    /// Whether the process that was asked lived long enough afterwards to write it down.
    private func wasDurable(_ asked: Double, by process: Int, in world: SimulatedWorld) -> Bool {
        world.processEnds[process].map { $0 - asked > 8 } ?? false
    }

    private mutating func shared(
        _ run: RunID, _ records: Int, _ scheduler: borrowing DeliveryScheduler, in world: SimulatedWorld
    ) {
        largest = max(largest, records)
        // Without a limit, a run whose intents were late catches up with what others sent before.
        guard scheduler.policy.rate != nil, scheduler.roundRobin.count > 1, scheduler.runs[run]?.source != .submissions
        else {
            ahead = [:]
            return
        }
        let isWindowOpen = scheduler.windowOpens(at: world.moment) == nil
        for other in scheduler.roundRobin where other != run {
            let there = Pair(first: run, second: other)
            let back = Pair(first: other, second: run)
            guard let waiting = scheduler.runs[other], waiting.machine.isRunnable, !waiting.ready.isEmpty,
                isWindowOpen || waiting.passesWindow, !scheduler.mustWaitForItself(waiting),
                waiting.source != .submissions
            else {
                ahead[there] = nil
                ahead[back] = nil
                continue
            }
            ahead[there, default: 0] += records
            let lead = ahead[there, default: 0] - ahead[back, default: 0]
            if lead > 3 * largest + 8 {
                world.fail("run \(run) is \(lead) records ahead of run \(other), which has some ready as well")
            }
        }
    }
}
