import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

@testable import DeliveryEngine

/// One run, and a scheduler that decides about it.
enum SchedulerFixture {
    static let moment = Moment(instant: .now, date: Date(timeIntervalSince1970: 1_764_000_000))
    static let run = RunID(rawValue: 1)

    /// Does what the scheduler wants of the journal.
    /// - Returns: the request that is under way, and how the run ended.
    static func carryOut(_ scheduler: inout DeliveryScheduler) -> (request: WorkUnit.ID?, end: RunEnd?) {
        var result: (request: WorkUnit.ID?, end: RunEnd?)
        var actions = scheduler.takeActions()
        while !actions.isEmpty {
            for action in actions {
                switch action {
                case .commit(_, let event): scheduler.handle(event, at: moment)
                case .send(let unit, _): result.request = unit
                case .endRun(let end): result.end = end
                default: break
                }
            }
            actions = scheduler.takeActions()
        }
        return result
    }

    /// A scheduler of a service without runs.
    static func idleScheduler() -> DeliveryScheduler {
        DeliveryScheduler(
            policy: DeliveryPolicy(concurrency: 4, attempts: 5, stopGrace: .seconds(9), isService: true),
            hasAPI: true, seed: 1)
    }

    /// A scheduler of a service with a run of three records.
    /// - Parameter refusedAt: set for a run that asks whether the API still refuses everything.
    static func scheduler(refusedAt: Int? = nil) -> DeliveryScheduler {
        var scheduler = idleScheduler()
        open(run, records: 3, in: &scheduler, refusedAt: refusedAt)
        return scheduler
    }

    /// Opens a run of single records, and reads all of it.
    static func open(
        _ run: RunID, records: Int, in scheduler: inout DeliveryScheduler, refusedAt: Int? = nil
    ) {
        let new = NewRun(
            source: .upload(name: "upload"), options: ReaderOptions(batchSize: 1), startedAt: moment.date,
            binding: RunBinding(api: nil))
        let opened = OpenedRun(run, new)
        var entry = RunQueue.Entry(opened.summary)
        entry.refusedAt = refusedAt
        scheduler.enqueue([entry], at: moment)
        scheduler.handle(.opened(opened), at: moment)
        scheduler.handle(.readerOpened(run), at: moment)
        for position in 0..<records {
            let batch = SimulatedBatches.batch(1, from: position, to: position + 1, rejected: 0, isStored: false)
            scheduler.handle(.offered(run, PlannedBatch(batch: batch)), at: moment)
        }
        scheduler.handle(.readerEnded(run, sourceEnded: true), at: moment)
    }
}
