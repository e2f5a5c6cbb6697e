import ShowAdsAPI
import TestSupport
import Testing

@testable import DeliveryEngine
@testable import ShowAdsAPI

@Suite("One way out for all runs")
struct PacingTests {
    private let start = ContinuousClock.now

    private func answer(phase: APIResponse.Phase, isShared: Bool) -> APIResponse {
        APIResponse(
            .transient(.status(500), mayHaveBeenApplied: phase == .banners), label: "500", duration: .milliseconds(10),
            phase: phase, isShared: isShared)
    }

    @Test("a probe that waited for another request's login has its answer when that login fails")
    func sharedLogin() {
        var pacing = Pacing(concurrency: 16, rate: nil)
        for _ in 0..<5 {
            pacing.sent(.bulk, records: 1, asProbe: false, now: start)
            pacing.answered(
                answer(phase: .banners, isShared: false), path: .bulk, sentAt: start, isFirst: true, wasProbe: false,
                pause: nil, now: start)
        }
        let later = start + .seconds(1)
        #expect(pacing.permission(now: later) == .probe)
        pacing.sent(.bulk, records: 1, asProbe: true, now: later)
        #expect(pacing.permission(now: later) == .wait(until: nil))
        pacing.answered(
            answer(phase: .auth, isShared: true), path: .bulk, sentAt: later, isFirst: true, wasProbe: true, pause: nil,
            now: later)
        #expect(pacing.permission(now: later) == .wait(until: later + .seconds(2)))
    }
}
