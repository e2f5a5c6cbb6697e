import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import Testing

@testable import DeliveryEngine

@Suite("A run of single records that ends while one is on its way into the journal")
struct SubmissionEndTests {
    private static let moment = Moment(instant: .now, date: Date(timeIntervalSince1970: 1_764_000_000))

    /// A scheduler with run 1, which was just stopped while record 1 was on its way into the journal.
    private static func stopped() -> DeliveryScheduler {
        var scheduler = DeliveryScheduler(
            policy: DeliveryPolicy(concurrency: 4, attempts: 5, stopGrace: .seconds(9), isService: true),
            hasAPI: true, seed: 1)
        let submission = SimulatedBatches.submission(1, identity: 1)
        scheduler.submit(submission, at: moment)
        let new = NewRun(
            source: .submissions, options: ReaderOptions(batchSize: 1000), startedAt: moment.date,
            binding: RunBinding(api: nil))
        scheduler.handle(.submissionRunOpened(submission.origin, OpenedRun(RunID(rawValue: 1), new)), at: moment)
        _ = scheduler.takeActions()
        scheduler.requestStop(RunID(rawValue: 1), reason: "stopped by the operator", mode: .now, at: moment)
        scheduler.handle(.beat, at: moment)
        return scheduler
    }

    private static func ends(in actions: [SchedulerAction]) -> [RunEnd] {
        actions.compactMap { if case .endRun(let end) = $0 { end } else { nil } }
    }

    @Test("it ends when the record is there, and counts it")
    func stored() throws {
        var scheduler = Self.stopped()
        #expect(Self.ends(in: scheduler.takeActions()).isEmpty)

        scheduler.handle(.stored([1]), at: Self.moment)

        let end = try #require(Self.ends(in: scheduler.takeActions()).first)
        #expect(end.final == .stopped(reason: "stopped by the operator"))
        #expect(end.summary.counts.pending == 1)
    }

    @Test("it ends without the record when that could not be stored")
    func failed() throws {
        var scheduler = Self.stopped()
        _ = scheduler.takeActions()

        scheduler.handle(
            .commitFailed(.stored([1]), DeliveryError(.journal, "The journal can't be written.")),
            at: Self.moment)

        let end = try #require(Self.ends(in: scheduler.takeActions()).first)
        #expect(end.summary.counts.pending == 0)
    }
}
