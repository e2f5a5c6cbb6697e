import DeliveryModel
import NIOCore
import Testing

@testable import ShowAdsSandbox

@Suite("The simulated API decides")
struct SandboxCoreTests {
    private let start = ContinuousClock.now

    private func core(_ behavior: SandboxBehavior = SandboxBehavior()) -> SandboxCore {
        var core = SandboxCore(behavior, seed: 1, cookieCapacity: 100)
        _ = core.login(key: "key", now: start)
        return core
    }

    private func call(_ body: String, isBulk: Bool = true, token: String = "token-1") -> SandboxCore.BannerCall {
        SandboxCore.BannerCall(
            path: isBulk ? "/banners/show/bulk" : "/banners/show", token: token, contentType: "application/json",
            items: ReceivedBody.items(ByteBuffer(string: body), isBulk: isBulk))
    }

    private func status(_ verdict: SandboxCore.Verdict) -> Int? {
        if case .answer(let status, _, _) = verdict { status } else { nil }
    }

    private static func item(_ cookie: String, _ banner: String = "1") -> String {
        #"{"VisitorCookie":"\#(cookie)","BannerId":\#(banner)}"#
    }

    @Test(
        "400 about a body that no correct client sends, and says what was wrong",
        arguments: [
            ("", true), ("{", true), ("[]", true), ("{}", true), (#"{"Data":{}}"#, true), (#"{"Data":[]}"#, true),
            (#"{"Data":[1]}"#, true), (#"{"Data":[{}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"a"}]}"#, true), (#"{"Data":[{"BannerId":1}]}"#, true),
            (#"{"Data":[{"VisitorCookie":1,"BannerId":1}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"a","BannerId":"1"}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"a","BannerId":true}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"a","BannerId":1.5}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"a","BannerId":null}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"","BannerId":1}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"a","BannerId":1,"Extra":1}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"a","BannerId":100}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"a","BannerId":-1}]}"#, true),
            (#"{"Data":[{"VisitorCookie":"a","BannerId":1}"#, true),
            (#"{"Data":[{"VisitorCookie":"a","BannerId":1}]}"#, false), ("{}", false), ("", false),
            (#"{"VisitorCookie":"a","BannerId":1}"#, true),
        ])
    func malformed(body: String, isBulk: Bool) {
        var core = core()
        #expect(status(core.banners(call(body, isBulk: isBulk), now: start)) == 400)
        #expect(core.ledger.statistics.clientFaults.count == 1)
        #expect(core.ledger.cookies == [:])
    }

    @Test("a thousand records are applied, one more is refused whole")
    func batchSize() {
        var core = core()
        let items = (0..<1001).map { Self.item("cookie-\($0)") }
        let thousand = #"{"Data":[\#(items.prefix(1000).joined(separator: ","))]}"#
        #expect(status(core.banners(call(thousand), now: start)) == 200)
        #expect(core.ledger.statistics.applied == 1000)
        #expect(core.ledger.statistics.clientFaults == [])
        let more = #"{"Data":[\#(items.joined(separator: ","))]}"#
        #expect(status(core.banners(call(more), now: start)) == 400)
        #expect(core.ledger.statistics.applied == 1000)
        #expect(core.ledger.statistics.maxBatch == 1001)
    }

    @Test("cookies are counted exactly, with what JSON escapes, and only up to the capacity")
    func ledger() {
        var core = core()
        let body = #"{"Data":[\#(Self.item(#"q\"\\\/\u017e"#)),\#(Self.item("a", "0")),\#(Self.item("a", "99"))]}"#
        #expect(status(core.banners(call(body), now: start)) == 200)
        #expect(core.ledger.cookies == [#"q"\/ž"#: 1, "a": 2])
        #expect(core.ledger.statistics.duplicates == 1)
        let many = (0..<200).map { Self.item("cookie-\($0)") }.joined(separator: ",")
        _ = core.banners(call(#"{"Data":[\#(many)]}"#), now: start)
        #expect(core.ledger.statistics.applied == 203)
        #expect(core.ledger.statistics.distinct == 100)
        #expect(!core.ledger.statistics.isComplete)
    }

    @Test("401 about a token that is unknown, replaced, expired or used up")
    func tokens() {
        let body = call(#"{"Data":[\#(Self.item("a"))]}"#)
        var core = core(SandboxBehavior(faults: SimulatedFaults(tokenLifetime: 10), tokenUses: 2))
        var unknown = body
        unknown.token = ""
        #expect(status(core.banners(unknown, now: start)) == 401)
        unknown.token = "token-2"
        #expect(status(core.banners(unknown, now: start)) == 401)
        #expect(status(core.banners(body, now: start + .seconds(10))) == 401)
        #expect(status(core.banners(body, now: start + .seconds(9))) == 200)
        #expect(status(core.banners(body, now: start)) == 200)
        #expect(status(core.banners(body, now: start)) == 401)
        _ = core.login(key: "key", now: start)
        #expect(status(core.banners(body, now: start)) == 401)
        #expect(status(core.banners(unknown, now: start)) == 200)
        #expect(status(core.login(key: nil, now: start)) == 400)
    }

    @Test("429 when more come in a second than the limit, and not after")
    func rateLimit() {
        let body = call(#"{"Data":[\#(Self.item("a"))]}"#)
        var core = core(SandboxBehavior(faults: SimulatedFaults(rateLimit: 3, retryAfter: 2)))
        let statuses = (0..<5).map { status(core.banners(body, now: start + .milliseconds($0))) }
        #expect(statuses == [200, 200, 200, 429, 429])
        #expect(core.banners(body, now: start + .milliseconds(999)).retryAfter == 2)
        #expect(status(core.banners(body, now: start + .milliseconds(1001))) == 200)
        core.behavior.faults.rateLimit = 0.5
        core.reset()
        #expect(status(core.banners(body, now: start + .seconds(10))) == 200)
        #expect(status(core.banners(body, now: start + .seconds(11))) == 429)
        #expect(status(core.banners(body, now: start + .seconds(12))) == 200)
    }

    @Test("errors come at even distances, nothing applied")
    func evenErrors() {
        let body = call(#"{"Data":[\#(Self.item("a"))]}"#)
        var core = core(SandboxBehavior(faults: SimulatedFaults(errorRate: 0.25)))
        let failed = (1...16).filter { _ in status(core.banners(body, now: start)) == 500 }
        #expect(failed == [2, 6, 10, 14])
        #expect(core.ledger.statistics.applied == 12)
        core.behavior.faults.errorRate = 1
        #expect(status(core.banners(body, now: start)) == 500)
    }

    @Test("cookies that begin with refuse-, are named, or are no UUID spoil their whole request")
    func refusedCookies() {
        func status(_ cookie: String, _ core: inout SandboxCore) -> Int? {
            self.status(core.banners(call(#"{"Data":[\#(Self.item("a")),\#(Self.item(cookie))]}"#), now: start))
        }
        var core = core(SandboxBehavior(refusedCookies: ["poison"]))
        #expect(status("refuse-1", &core) == 400)
        #expect(status("poison", &core) == 400)
        #expect(core.ledger.statistics.applied == 0)
        #expect(core.ledger.statistics.clientFaults == [])
        #expect(status("xrefuse-1", &core) == 200)
        core.behavior.faults.refusesMarkedCookies = false
        #expect(status("refuse-1", &core) == 200)
        core.behavior.requiresUUIDs = true
        #expect(status("26555324-53df-4eb1-8835-e6c0078bb2c0", &core) == 400)
        let uuid = Self.item("26555324-53df-4eb1-8835-E6C0078BB2C0")
        #expect(self.status(core.banners(call(uuid, isBulk: false), now: start)) == 200)
        #expect(
            self.status(
                core.banners(call(Self.item("26555324-53df-4eb1-8835-e6c0078bb2cg"), isBulk: false), now: start)) == 400
        )
    }

    @Test("the same seed makes the same faults, in the share that is asked for")
    func seededFaults() {
        let body = call(#"{"Data":[\#(Self.item("a"))]}"#)
        let behavior = SandboxBehavior(
            appliedErrorRate: 0.1, resetRate: 0.1, appliedResetRate: 0.1, hangRate: 0.1)
        func verdicts() -> ([SandboxCore.Verdict], applied: Int) {
            var core = core(behavior)
            let verdicts = (0..<2000).map { _ in core.banners(body, now: start) }
            return (verdicts, core.ledger.statistics.applied)
        }
        let (first, applied) = verdicts()
        #expect(first == verdicts().0)
        let errors = first.count { status($0) == 500 }
        let resets = first.count { $0 == .drop(how: "reset") }
        let hangs = first.count { $0 == .hang }
        #expect((150...250).contains(errors))
        #expect((320...480).contains(resets))
        #expect((150...250).contains(hangs))
        let successes = first.count { status($0) == 200 }
        #expect(applied > successes + errors && applied < successes + errors + resets)
    }
}

extension SandboxCore.Verdict {
    fileprivate var retryAfter: Double? {
        if case .answer(_, _, let seconds) = self { seconds } else { nil }
    }
}
