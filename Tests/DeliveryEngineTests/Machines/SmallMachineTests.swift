import DeliveryModel
import ShowAdsAPI
import TestSupport
import Testing

@testable import DeliveryEngine

@Suite("Refusals, watermark, backoff and figures a second")
struct SmallMachineTests {
    typealias Instant = ContinuousClock.Instant

    // MARK: LastFault

    @Test("a line about a fault says when it was the login that got it", arguments: [APIResponse.Phase.auth, .banners])
    func loginFault(phase: APIResponse.Phase) {
        let answer = APIResponse(
            .transient(.status(500), mayHaveBeenApplied: false), label: "500", duration: .zero, phase: phase)
        #expect(LastFault(answer)?.line == (phase == .auth ? "login 500" : "500"))
    }

    // MARK: RefusalWatch

    @Test("an API refuses everything when three batches and three single records were refused without a success")
    func refusals() {
        var watch = RefusalWatch()
        for _ in 0..<3 { watch.refused(isWhole: true, records: 1000, acknowledgements: 7) }
        #expect(!watch.refusesEverything(7), "scattered bad records refuse whole batches, too")
        for _ in 0..<2 { watch.refused(isWhole: false, records: 1, acknowledgements: 7) }
        #expect(!watch.refusesEverything(7))
        watch.refused(isWhole: false, records: 1, acknowledgements: 7)
        #expect(watch.refusesEverything(7))
    }

    @Test("three single records that were refused ask for a whole batch, which tells more than their neighbors")
    func wholeBatches() {
        var watch = RefusalWatch()
        watch.refused(isWhole: true, records: 1000, acknowledgements: 7)
        for _ in 0..<3 { watch.refused(isWhole: false, records: 1, acknowledgements: 7) }
        #expect(watch.isSuspicious(7))
        #expect(watch.lacksWholeBatches(7))
        #expect(!watch.lacksWholeBatches(8))
        for _ in 0..<2 { watch.refused(isWhole: true, records: 1000, acknowledgements: 7) }
        #expect(!watch.lacksWholeBatches(7))
        #expect(watch.refusesEverything(7))
    }

    @Test("eight requests of any size that were refused in a row ask for a whole batch, too")
    func longRow() {
        var watch = RefusalWatch()
        watch.refused(isWhole: true, records: 1000, acknowledgements: 7)
        for _ in 0..<6 { watch.refused(isWhole: false, records: 125, acknowledgements: 7) }
        #expect(!watch.isSuspicious(7))
        watch.refused(isWhole: false, records: 125, acknowledgements: 7)
        #expect(watch.lacksWholeBatches(7))
        #expect(!watch.refusesEverything(7))
    }

    @Test("one success of any run shows that the API does not refuse everything")
    func success() {
        var watch = RefusalWatch()
        for _ in 0..<3 { watch.refused(isWhole: true, records: 1, acknowledgements: 0) }
        #expect(watch.refusesEverything(0))
        #expect(!watch.refusesEverything(1))
        watch.refused(isWhole: true, records: 1, acknowledgements: 1)
        #expect(!watch.refusesEverything(1))
    }

    // MARK: Watermark

    @Test("the watermark stands before the first batch that is not settled, in whatever order they are")
    func watermark() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var mark = Watermark(next: 10)
            var open = Set(10..<40)
            for sequence in (10..<40).shuffled(using: &random) {
                mark.settled(sequence)
                open.remove(sequence)
                #expect(mark.next == open.min() ?? 40)
            }
        }
    }

    @Test("what lies below the watermark does not move it")
    func below() {
        var mark = Watermark(next: 5)
        mark.settled(3)
        mark.settled(4)
        #expect(mark.next == 5)
    }

    // MARK: RetryPolicy

    @Test(
        "pauses are anywhere between nothing and a bound that doubles up to 20 seconds",
        arguments: [
            (1, RetryPolicy.Cause.transient, 0.1), (2, .transient, 0.2), (5, .transient, 1.6), (9, .transient, 20),
            (60, .transient, 20), (1, .throttled, 2), (4, .throttled, 16), (5, .throttled, 20),
        ])
    func pauses(_ attempt: Int, _ cause: RetryPolicy.Cause, _ bound: Double) {
        var random = SystemRandomNumberGenerator()
        let delays = (0..<2000).map { _ in RetryPolicy.delay(after: attempt, cause: cause, using: &random).inSeconds }
        #expect(delays.allSatisfy { (0...bound).contains($0) })
        #expect((delays.max() ?? 0) > bound * 0.95)
        #expect((delays.min() ?? bound) < bound * 0.05)
    }

    // MARK: RecordRateLimit

    @Test("records leave at the operator's rate, whatever the sizes of the batches")
    func rate() {
        let start = ContinuousClock.now
        var limit = RecordRateLimit(maximum: 500)
        var now = start
        var sent = 0
        for size in [1000, 1, 250, 999, 500] {
            now = max(now, limit.opens ?? now)
            #expect(Double(sent) / 500 <= (now - start).inSeconds + 1e-6)
            limit.sent(records: size, now: now)
            sent += size
        }
        let opens = limit.opens.map { ($0 - start).inSeconds } ?? 0
        #expect(abs(opens - Double(sent) / 500) < 1e-6)
    }

    @Test("time that passed unused is not saved up, and without a rate nothing waits")
    func idle() {
        let start = ContinuousClock.now
        var limit = RecordRateLimit(maximum: 100)
        limit.sent(records: 100, now: start)
        limit.sent(records: 100, now: start + .seconds(60))
        #expect(limit.opens == start + .seconds(61))
        limit.maximum = nil
        #expect(limit.opens == nil)
        limit.sent(records: 1000, now: start)
        #expect(limit.opens == nil)
    }

    // MARK: SecondSeries

    @Test("counts stand in their second; the one that runs is not shown")
    func seconds() {
        let start = ContinuousClock.now
        var series = SecondSeries()
        series.begin(start)
        series.add(5, now: start + .milliseconds(100))
        series.add(2, now: start + .milliseconds(999))
        series.add(1, now: start + .milliseconds(1000))
        #expect(series.complete == [7])
        series.advance(start + .milliseconds(3500))
        #expect(series.complete == [7, 1, 0])
        #expect(series.peak == 7)
    }

    @Test("the second in which a run ends is shown, if anything was counted in it")
    func lastSecond() {
        let start = ContinuousClock.now
        var short = SecondSeries()
        short.begin(start)
        short.add(26, now: start + .milliseconds(30))
        #expect(short.complete.isEmpty)
        short.end(start + .milliseconds(32))
        #expect(short.complete == [26])
        #expect(short.peak == 26)
        var idle = SecondSeries()
        idle.begin(start)
        idle.add(1, now: start)
        idle.end(start + .milliseconds(1500))
        #expect(idle.complete == [1])
    }

    @Test("the rate is the mean of the last seconds and leaves with them")
    func meanRate() {
        let start = ContinuousClock.now
        var series = SecondSeries()
        series.begin(start)
        for second in 0..<10 { series.add(100, now: start + .milliseconds(second * 1000 + 500)) }
        let end = start + .seconds(10)
        series.advance(end)
        #expect(abs(series.rate(over: 5, now: end) - 100) < 1)
        let later = start + .seconds(20)
        series.advance(later)
        #expect(series.rate(over: 5, now: later) == 0)
    }

    @Test("four minutes are kept, however long nothing was counted")
    func limit() {
        let start = ContinuousClock.now
        var series = SecondSeries()
        series.begin(start)
        series.add(9, now: start)
        series.add(4, now: start + .seconds(100_000))
        series.advance(start + .seconds(100_001))
        #expect(series.complete.count == 240)
        #expect(series.complete.last == 4)
        #expect(series.peak == 4)
    }
}
