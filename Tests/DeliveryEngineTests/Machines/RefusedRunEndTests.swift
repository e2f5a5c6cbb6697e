import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI
import Testing

@testable import DeliveryEngine

@Suite("A run that asks whether the API still refuses everything")
struct RefusedRunEndTests {
    private static let refusal = APIResponse(
        .refused(status: 400, answer: "no"), label: "400", duration: .milliseconds(1), phase: .banners)

    @Test("ends when an operator stops it while the API is being asked, and keeps its records")
    func stopped() throws {
        var scheduler = SchedulerFixture.scheduler(refusedAt: 0)
        let request = try #require(SchedulerFixture.carryOut(&scheduler).request)

        try scheduler.stop(SchedulerFixture.run, mode: .finishInFlight, at: SchedulerFixture.moment)
        #expect(SchedulerFixture.carryOut(&scheduler).end == nil, "a request is under way")
        scheduler.handle(.answered(request, Self.refusal), at: SchedulerFixture.moment)

        let end = try #require(SchedulerFixture.carryOut(&scheduler).end)
        #expect(end.final == .stopped(reason: "stopped by the operator"))
        #expect(end.summary.counts.pending == 3)
    }

    @Test("makes known that the API takes nothing, until an operator pauses it")
    func shown() throws {
        func refusal(_ scheduler: borrowing DeliveryScheduler) -> String? {
            scheduler.snapshot(host: "api", at: SchedulerFixture.moment).refusal
        }
        var scheduler = SchedulerFixture.scheduler(refusedAt: 0)
        var request = try #require(SchedulerFixture.carryOut(&scheduler).request)
        var end: RunEnd?
        for attempt in 1...3 {
            scheduler.handle(.answered(request, Self.refusal), at: SchedulerFixture.moment)
            let next = SchedulerFixture.carryOut(&scheduler)
            end = next.end
            if attempt < 3 { request = try #require(next.request) }
        }
        let reason = "The API refuses every record (400): check its address and the file."
        let atEnd = refusal(scheduler)
        #expect(atEnd == reason)

        var summary = try #require(end?.summary)
        summary.state = try #require(end?.final)
        scheduler.handle(.runEnded(SchedulerFixture.run, summary), at: SchedulerFixture.moment)
        let whileItWaits = refusal(scheduler)
        #expect(whileItWaits == reason)

        try scheduler.pause(SchedulerFixture.run, at: SchedulerFixture.moment)
        let whilePaused = refusal(scheduler)
        #expect(whilePaused == nil)
    }
}
