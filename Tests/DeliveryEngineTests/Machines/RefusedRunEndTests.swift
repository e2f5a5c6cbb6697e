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

    /// A scheduler with a run of three records that asks again.
    private static func probing() -> DeliveryScheduler {
        var scheduler = DeliveryScheduler(
            policy: DeliveryPolicy(concurrency: 4, attempts: 5, stopGrace: .seconds(9), isService: true),
            hasAPI: true, seed: 1)
        let new = NewRun(
            source: .upload(name: "upload"), options: ReaderOptions(batchSize: 1), startedAt: moment.date,
            binding: RunBinding(api: nil))
        let opened = OpenedRun(run, new)
        var entry = RunQueue.Entry(opened.summary)
        entry.refusedAt = 0
        scheduler.enqueue([entry], at: moment)
        scheduler.handle(.opened(opened), at: moment)
        scheduler.handle(.readerOpened(run), at: moment)
        for position in 0..<3 {
            let batch = SimulatedBatches.batch(1, from: position, to: position + 1, rejected: 0, isStored: false)
            scheduler.handle(.offered(run, PlannedBatch(batch: batch)), at: moment)
        }
        scheduler.handle(.readerEnded(run, sourceEnded: true), at: moment)
        return scheduler
    }

    private static let refusal = APIResponse(
        .refused(status: 400, answer: "no"), label: "400", duration: .milliseconds(1), phase: .banners)

    @Test("ends when an operator stops it while the API is being asked, and keeps its records")
    func stopped() throws {
        var scheduler = Self.probing()
        let request = try #require(Self.carryOut(&scheduler).request)

        try scheduler.stop(Self.run, mode: .finishInFlight, at: Self.moment)
        #expect(Self.carryOut(&scheduler).end == nil, "a request is under way")
        scheduler.handle(.answered(request, Self.refusal), at: Self.moment)

        let end = try #require(Self.carryOut(&scheduler).end)
        #expect(end.final == .stopped(reason: "stopped by the operator"))
        #expect(end.summary.counts.pending == 3)
    }

    @Test("makes known that the API takes nothing, until an operator pauses it")
    func shown() throws {
        func refusal(_ scheduler: borrowing DeliveryScheduler) -> String? {
            scheduler.snapshot(host: "api", at: Self.moment).refusal
        }
        var scheduler = Self.probing()
        var request = try #require(Self.carryOut(&scheduler).request)
        var end: RunEnd?
        for attempt in 1...3 {
            scheduler.handle(.answered(request, Self.refusal), at: Self.moment)
            let next = Self.carryOut(&scheduler)
            end = next.end
            if attempt < 3 { request = try #require(next.request) }
        }
        let reason = "The API refuses every record (400): check its address and the file."
        let atEnd = refusal(scheduler)
        #expect(atEnd == reason)

        var summary = try #require(end?.summary)
        summary.state = try #require(end?.final)
        scheduler.handle(.runEnded(Self.run, summary), at: Self.moment)
        let whileItWaits = refusal(scheduler)
        #expect(whileItWaits == reason)

        try scheduler.pause(Self.run, at: Self.moment)
        let whilePaused = refusal(scheduler)
        #expect(whilePaused == nil)
    }
}
