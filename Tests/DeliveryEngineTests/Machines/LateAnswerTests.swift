import DeliveryModel
import ShowAdsAPI
import Testing

@testable import DeliveryEngine

@Suite("An answer that comes when its run has just been ended")
struct LateAnswerTests {
    @Test("still says until when the API wants to be left alone")
    func retryAfter() throws {
        var scheduler = SchedulerFixture.scheduler()
        let request = try #require(SchedulerFixture.carryOut(&scheduler).request)
        let fault = DeliveryError(.journal, "The journal is on a full disk.")
        scheduler.handle(.commitFailed(nil, fault), at: SchedulerFixture.moment)
        let answer = APIResponse(
            .throttled(retryAfter: RetryAfter(.seconds(13))), label: "429", duration: .milliseconds(8), phase: .banners)
        scheduler.handle(.answered(request, answer), at: SchedulerFixture.moment)
        let until = try #require(scheduler.pacing.askedUntil)
        #expect(until >= SchedulerFixture.moment.instant + .seconds(13))
    }
}
