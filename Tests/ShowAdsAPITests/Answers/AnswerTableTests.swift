import DeliveryModel
import ShowAdsAPI
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("What an answer means")
struct AnswerTableTests {
    @Test("2xx is applied, whatever the body", arguments: [200, 201, 202, 204])
    func applied(status: Int) async throws {
        let body = status == 204 ? "" : "{<html>garbage"
        let reply = CannedServer.Reply(
            bytes: "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", closes: false)
        try await CannedServer.serving(reply) { _, url in
            try await withClient(url) { client in
                let answer = await client.send(oneRecord, to: .single)
                #expect(answer.outcome == .applied)
                #expect(answer.label == String(status))
                #expect(answer.phase == .banners)
            }
        }
    }

    @Test("records on both paths arrive and are applied once")
    func bothPaths() async throws {
        try await withAPI { client, sandbox in
            #expect(await client.send(oneRecord, to: .single).outcome == .applied)
            #expect(await client.send(bulk("a", "b"), to: .bulk).outcome == .applied)
            #expect(sandbox.cookies == ["cookie": 1, "a": 1, "b": 1])
            #expect(sandbox.statistics.count("/auth") == 1)
            #expect(sandbox.statistics.connections == 1)
            #expect(sandbox.statistics.clientFaults == [])
        }
    }

    @Test("400, 413 and 422 refuse the records", arguments: [400, 413, 422])
    func refused(status: Int) async throws {
        try await withAPI(SandboxBehavior(bannerScript: [.status(status)])) { client, _ in
            let answer = await client.send(oneRecord, to: .single)
            #expect(answer.outcome == .refused(status: status, answer: #"{"message": "scripted"}"#))
            #expect(answer.label == String(status))
        }
    }

    @Test("a refusal that echoes the request gives neither token nor key away")
    func echoedSecrets() async throws {
        let echo: @Sendable (String) -> CannedServer.Reply = { head in
            let body = "bad: a-project-key " + (head.split(separator: "\r\n").first { $0.contains("Bearer") } ?? "none")
            return CannedServer.Reply(
                bytes: "HTTP/1.1 400 X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", closes: false)
        }
        try await CannedServer.serving(answer: echo) { _, url in
            try await withClient(url) { client in
                let answer = await client.send(oneRecord, to: .single)
                #expect(answer.outcome == .refused(status: 400, answer: "bad: … Authorization: Bearer …"))
            }
        }
    }

    @Test("429 throttles, with the pause that is asked for as seconds, as a date, or not at all")
    func throttled() async throws {
        let behavior = SandboxBehavior(faults: SimulatedFaults(retryAfter: 7))
        try await withAPI(behavior) { client, sandbox in
            sandbox.update { $0.bannerScript = [429, 429, 429] }
            #expect(
                await client.send(oneRecord, to: .single).outcome == .throttled(retryAfter: RetryAfter(.seconds(7))))
            sandbox.update { $0.retryAfterIsDate = true }
            guard case .throttled(let pause?) = await client.send(oneRecord, to: .single).outcome else {
                Issue.record("no pause")
                return
            }
            // It counts from the response's Date, which a server renews about once a second, later when it is busy.
            #expect(pause.pause > .zero && pause.pause < .seconds(60))
            sandbox.update { $0.faults.retryAfter = nil }
            #expect(await client.send(oneRecord, to: .single).outcome == .throttled(retryAfter: nil))
            #expect(sandbox.statistics.applied == 0)
        }
    }

    @Test(
        "another 4xx is a fault of the configuration, told in one line",
        arguments: [402, 403, 404, 405, 406, 407, 409, 410, 411, 415, 418, 426, 431, 451])
    func misconfigured(status: Int) async throws {
        try await withAPI(SandboxBehavior(bannerScript: [.status(status)])) { client, _ in
            let answer = await client.send(oneRecord, to: .single)
            guard case .misconfigured(status, let message) = answer.outcome else {
                Issue.record("\(answer.outcome)")
                return
            }
            #expect(message.contains("\(status)") && message.contains("127.0.0.1") && !message.contains("\n"))
        }
    }

    @Test("a redirect is not followed, neither with records nor with the key", arguments: [301, 302, 303, 307, 308])
    func redirected(status: Int) async throws {
        try await withAPI(SandboxBehavior(bannerScript: [.status(status)])) { client, sandbox in
            guard case .misconfigured(status, _) = await client.send(oneRecord, to: .single).outcome else {
                Issue.record("not a configuration fault")
                return
            }
            sandbox.update { $0.loginScript = [.status(status)] }
            guard case .misconfigured(status, _) = await client.logIn().outcome else {
                Issue.record("not a configuration fault")
                return
            }
            #expect(sandbox.statistics.count("/redirected") == 0)
        }
    }

    @Test("5xx may have been applied", arguments: [500, 501, 502, 503, 504, 599])
    func serverError(status: Int) async throws {
        try await withAPI(SandboxBehavior(bannerScript: [.status(status)])) { client, _ in
            let answer = await client.send(oneRecord, to: .single)
            #expect(answer.outcome.fault?.kind == .status(status))
            #expect(answer.outcome.mayHaveBeenApplied == true)
            #expect(answer.cause == "API error \(status) from \(client.endpoint.peer)")
            #expect(answer.label == String(status))
        }
    }

    @Test("408 may have been applied, 425 not, and both are sent again")
    func sentAgain() async throws {
        try await withAPI(SandboxBehavior(bannerScript: [408, 425])) { client, _ in
            for (status, isInDoubt) in [(408, true), (425, false)] {
                let answer = await client.send(oneRecord, to: .single)
                #expect(answer.outcome.fault?.kind == .status(status))
                #expect(answer.outcome.mayHaveBeenApplied == isInDoubt)
                #expect(answer.label == "\(status)")
            }
        }
    }

    @Test("a 503 may ask for a pause as a 429 does, and another error may not")
    func pauseOfAnError() async throws {
        let behavior = SandboxBehavior(faults: SimulatedFaults(retryAfter: 9), bannerScript: [503, 500])
        try await withAPI(behavior) { client, _ in
            let answer = await client.send(oneRecord, to: .single)
            #expect(answer.outcome.retryAfter == RetryAfter(.seconds(9)))
            #expect(answer.outcome.mayHaveBeenApplied == true)
            #expect(await client.send(oneRecord, to: .single).outcome.retryAfter == nil)
        }
    }

    @Test("a login that is refused names the key, without its text", arguments: [400, 401, 403, 413, 422])
    func refusedKey(status: Int) async throws {
        try await withAPI(SandboxBehavior(loginScript: [.status(status)])) { client, _ in
            let answer = await client.send(oneRecord, to: .single)
            #expect(answer.phase == .auth)
            guard case .misconfigured(status, let message) = answer.outcome else {
                Issue.record("\(answer.outcome)")
                return
            }
            #expect(message.contains("project key") && !message.contains("a-project-key"))
        }
    }

    @Test("a login that fails for a while never puts the records in doubt")
    func failingLogin() async throws {
        let behavior = SandboxBehavior(
            faults: SimulatedFaults(retryAfter: 3), loginScript: [500, 429, .reset, .appliedReset, 408, 425, 404])
        try await withAPI(behavior) { client, sandbox in
            let kinds: [APIOutcome.Fault.Kind?] = [.status(500), nil, .reset, .reset, .status(408), .status(425)]
            for kind in kinds {
                let answer = await client.send(oneRecord, to: .single)
                #expect(answer.outcome.fault?.kind == kind)
                if kind == nil { #expect(answer.outcome == .throttled(retryAfter: RetryAfter(.seconds(3)))) }
                #expect(answer.outcome.mayHaveBeenApplied != true)
                #expect(answer.phase == .auth)
            }
            guard case .misconfigured(404, _) = await client.send(oneRecord, to: .single).outcome else {
                Issue.record("404 is not a configuration fault")
                return
            }
            #expect(await client.send(oneRecord, to: .single).outcome == .applied)
            #expect(sandbox.statistics.count("/banners/show") == 1)
        }
    }

    @Test(
        "a login without a usable token is tried again, and nothing is sent with it",
        arguments: [
            "", "{}", "[]", "null", #"{"AccessToken":""}"#, #"{"AccessToken":7}"#,
            #"{"AccessToken":"a\r\nX: y"}"#, #"{"AccessToken":"a b"}"#, #"{"AccessToken":"ž"}"#,
        ])
    func unusableToken(body: String) async throws {
        try await withAPI(SandboxBehavior(loginScript: [.text(body)])) { client, sandbox in
            let answer = await client.send(oneRecord, to: .single)
            #expect(answer.outcome == .transient(.init(.noToken, by: client.endpoint.peer), mayHaveBeenApplied: false))
            #expect(answer.label == "no_token")
            #expect(answer.phase == .auth)
            #expect(sandbox.statistics.count("/banners/show") == 0)
            #expect(await client.send(oneRecord, to: .single).outcome == .applied)
        }
    }
}
