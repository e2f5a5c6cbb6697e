import Foundation
import ShowAdsAPI
import Testing

@Suite("Retry-After")
struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT
    private let now = Date(timeIntervalSince1970: 784_111_777)

    @Test(
        "is understood in seconds and in the three forms of a date, and counts for a day at most",
        arguments: [
            ("0", Duration.zero), ("1", .seconds(1)), (" 30 ", .seconds(30)), ("1.5", .seconds(1.5)),
            ("86400", .seconds(86_400)), ("86401", .seconds(86_401)),
            ("99999999999999999999", .seconds(36_525 * 86_400)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", .seconds(10)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", .seconds(10)),
            ("Sun Nov  6 08:49:47 1994", .seconds(10)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", .zero),
            ("Mon, 07 Nov 1994 08:49:38 GMT", .seconds(86_401)),
        ])
    func understood(value: String, expected: Duration) {
        let retryAfter = RetryAfter(value, now: now)
        #expect(retryAfter?.asked == expected)
        #expect(retryAfter?.pause == min(expected, .seconds(86_400)))
        #expect(retryAfter?.isTooLong == (expected > .seconds(86_400)))
    }

    @Test(
        "is ignored when it makes no sense",
        arguments: [
            "", "soon", "-1", "+1", "1e3", "0x10", "inf", "nan", "1,5", "1.2.3", ".5", "1 s", "٣",
            "Sun, 46 Nov 1994 08:49:37 GMT",
        ])
    func ignored(value: String) {
        #expect(RetryAfter(value, now: now) == nil)
    }

    @Test("a date counts from the answer's own, whatever this machine's clock says")
    func otherClock() {
        let sent = "Sun, 06 Nov 1994 09:49:37 GMT"
        #expect(RetryAfter("Sun, 06 Nov 1994 09:49:41 GMT", sent: sent, now: now)?.asked == .seconds(4))
        #expect(RetryAfter("7", sent: sent, now: now)?.asked == .seconds(7))
        #expect(RetryAfter("Sun, 06 Nov 1994 08:49:41 GMT", sent: "soon", now: now)?.asked == .seconds(4))
    }
}
