import ShowAdsAPI
import Testing

@Suite("Answers that are no proper HTTP")
struct MalformedAnswerTests {
    @Test(
        "are in doubt",
        arguments: [
            "", "garbage\r\n\r\n", "HTTP/1.1 abc X\r\n\r\n", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nBroken header\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
            "HTTP/9.9 200 OK\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "SSH-2.0-OpenSSH_9.9\r\n",
        ])
    func malformed(bytes: String) async throws {
        try await CannedServer.serving(CannedServer.Reply(bytes: bytes)) { _, url in
            try await withClient(url) { client in
                let answer = await client.send(oneRecord, to: .single)
                #expect(answer.outcome.fault?.kind == .reset)
                #expect(answer.outcome.mayHaveBeenApplied == true)
                #expect(answer.label == "reset")
            }
        }
    }

    @Test(
        "count by their status when that has arrived, even if the body breaks off",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", APIOutcome.applied),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .applied),
            ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", .applied),
            ("HTTP/1.1 200 OK\r\n\r\nuntil the end", .applied),
            ("HTTP/1.0 200 OK\r\n\r\n", .applied),
            ("HTTP/1.1 422 X\r\nContent-Length: 100\r\n\r\nabc", .refused(status: 422, answer: "abc")),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 X\r\n\r\n", .applied),
        ])
    func broken(bytes: String, outcome: APIOutcome) async throws {
        try await CannedServer.serving(CannedServer.Reply(bytes: bytes)) { _, url in
            try await withClient(url) { client in
                #expect(await client.send(oneRecord, to: .single).outcome == outcome)
            }
        }
    }

    @Test("an answer that is refused and endless is read to its 64 KiB and no further")
    func endlessBody() async throws {
        let long = String(repeating: "x", count: 1_000_000)
        let reply = CannedServer.Reply(
            bytes: "HTTP/1.1 400 X\r\nContent-Length: 99999999999\r\n\r\n\(long)", closes: false)
        try await CannedServer.serving(reply) { _, url in
            try await withClient(url) { client in
                let answer = await client.send(oneRecord, to: .single)
                #expect(answer.outcome == .refused(status: 400, answer: String(repeating: "x", count: 200)))
            }
        }
    }

    @Test("a body that stalls is waited for until the time-out, and the status counts")
    func stallingBody() async throws {
        let reply = CannedServer.Reply(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", closes: false)
        try await CannedServer.serving(reply) { _, url in
            try await withClient(url, requestTimeout: .seconds(1)) { client in
                #expect(await client.send(oneRecord, to: .single).outcome == .applied)
            }
        }
    }

    @Test("a login that breaks off brings no token")
    func brokenLogin() async throws {
        let bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"AccessToken\":\"t"
        try await CannedServer.servingEverything(CannedServer.Reply(bytes: bytes)) { _, url in
            try await withClient(url) { client in
                #expect(await client.logIn().outcome.fault?.kind == .noToken)
            }
        }
    }
}
