import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI
import Testing

@testable import DeliveryEngine

@Suite("A run that asks whether the API still refuses everything")
struct RefusedRunEndTests {
    private static let moment = Moment(instant: .now, date: Date(timeIntervalSince1970: 1_764_000_000))
    private static let run = RunID(rawValue: 1)

    /// Does what the scheduler wants of the journal.
    /// - Returns: the request that is under way, and how the run ended.
    private static func carryOut(_ scheduler: inout DeliveryScheduler) -> (request: WorkUnit.ID?, end: RunEnd?) {
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

    @Test("ends when an operator stops it while the API is being asked, and keeps its records")
    func stopped() throws {
        var scheduler = DeliveryScheduler(
            policy: DeliveryPolicy(concurrency: 4, attempts: 5, stopGrace: .seconds(9), isService: true),
            hasAPI: true, seed: 1)
        let new = NewRun(
            source: .upload(name: "upload"), options: ReaderOptions(batchSize: 1), startedAt: Self.moment.date,
            binding: RunBinding(api: nil))
        let opened = OpenedRun(Self.run, new)
        var entry = RunQueue.Entry(opened.summary)
        entry.refusedAt = 0
        scheduler.enqueue([entry], at: Self.moment)
        scheduler.handle(.opened(opened), at: Self.moment)
        scheduler.handle(.readerOpened(Self.run), at: Self.moment)
        for position in 0..<3 {
            let batch = SimulatedBatches.batch(1, from: position, to: position + 1, rejected: 0, isStored: false)
            scheduler.handle(.offered(Self.run, PlannedBatch(batch: batch)), at: Self.moment)
        }
        scheduler.handle(.readerEnded(Self.run, sourceEnded: true), at: Self.moment)
        let request = try #require(Self.carryOut(&scheduler).request)

        try scheduler.stop(Self.run, mode: .finishInFlight, at: Self.moment)
        #expect(Self.carryOut(&scheduler).end == nil, "a request is under way")
        let refusal = APIResponse(
            .refused(status: 400, answer: "no"), label: "400", duration: .milliseconds(1), phase: .banners)
        scheduler.handle(.answered(request, refusal), at: Self.moment)

        let end = try #require(Self.carryOut(&scheduler).end)
        #expect(end.final == .stopped(reason: "stopped by the operator"))
        #expect(end.summary.counts.pending == 3)
    }
}
