import AsyncHTTPClient
import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import ShowAdsAPI
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("The simulated API serves")
struct SandboxServerTests {
    private static func request(
        _ method: HTTPMethod, _ url: String, _ body: String? = nil
    ) async throws -> (status: Int, body: String) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    @Test("404 for other paths and 405 for other methods")
    func otherRequests() async throws {
        try await withSandbox { sandbox, url in
            let answers = [
                try await Self.request(.POST, url + "/banners", "{}"),
                try await Self.request(.GET, url + "/banners/show"),
                try await Self.request(.GET, url + "/auth"),
                try await Self.request(.POST, url + "/auth", #"{"ProjectKey":""}"#),
                try await Self.request(.POST, url + "/auth", "nonsense"),
            ]
            #expect(answers.map(\.status) == [404, 405, 405, 400, 400])
            #expect(sandbox.statistics.count("/auth") == 3)
        }
    }

    @Test("statistics and cookies over HTTP, and forgets them when asked")
    func control() async throws {
        try await withSandbox { sandbox, url in
            try await withClient(url) { client in _ = await client.send(bulk("a", "b"), to: .bulk) }
            let stats = try await Self.request(.GET, url + "/__stats").body
            let decoded = try JSONDecoder().decode(SandboxStatistics.self, from: Data(stats.utf8))
            #expect(decoded == sandbox.statistics)
            #expect(stats.contains(#""max_in_flight":1"#))
            let cookies = try await Self.request(.GET, url + "/__cookies").body
            let counts = try JSONDecoder().decode([String: Int].self, from: Data(cookies.utf8))
            #expect(counts == ["a": 1, "b": 1])
            let reset = try await Self.request(.POST, url + "/__reset")
            #expect(reset.status == 200)
            #expect(sandbox.statistics.applied == 0)
            #expect(sandbox.cookies == [:])
            let unknown = try await Self.request(.GET, url + "/__nothing")
            #expect(unknown.status == 404)
        }
    }

    @Test("faults are switched over HTTP, even in an outage, and what is not named stays")
    func faultsOverHTTP() async throws {
        try await withSandbox(SandboxBehavior(faults: SimulatedFaults(errorRate: 0.5, outage: true))) { sandbox, url in
            let change = """
                {"latency": 5, "outage": false, "rate_limit": 3, "retry_after": 1.5, "script": "500,429",
                "auth_script": "503", "token_uses": 4, "poison": ["x"], "applied_500_rate": 0.25}
                """
            let changed = try await Self.request(.POST, url + "/__faults", change)
            #expect(changed.status == 200)
            var expected = SandboxBehavior(
                faults: SimulatedFaults(latency: 5, errorRate: 0.5, rateLimit: 3, retryAfter: 1.5),
                appliedErrorRate: 0.25, tokenUses: 4, refusedCookies: ["x"])
            expected.bannerScript = [500, 429]
            expected.loginScript = [503]
            #expect(sandbox.behavior == expected)
            let lifted = try await Self.request(.POST, url + "/__faults", #"{"rate_limit": 0}"#)
            #expect(lifted.status == 200)
            #expect(sandbox.faults.rateLimit == nil)
            let nonsense = try await Self.request(.POST, url + "/__faults", "nonsense")
            #expect(nonsense.status == 400)
        }
    }

    @Test("every answer takes its latency")
    func latency() async throws {
        try await withAPI(SandboxBehavior(faults: SimulatedFaults(latency: 50, jitter: 20))) { client, _ in
            for _ in 0..<3 { #expect(await client.send(oneRecord, to: .single).duration >= .milliseconds(50)) }
        }
    }

    @Test("a port that is taken is a clear error")
    func takenPort() async throws {
        let first = Sandbox()
        let port = try await first.start()
        let second = Sandbox()
        let error = await #expect(throws: DeliveryError.self) { _ = try await second.start(port: port) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("127.0.0.1:\(port)") == true)
        await first.stop()
    }

    @Test("a client that dies in the middle of a request leaves nothing in flight", .timeLimit(.minutes(10)))
    func brokenOff() async throws {
        try await withSandbox { sandbox, url in
            let port = try #require(URL(string: url)?.port)
            let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            let half = "POST /auth HTTP/1.1\r\nHost: api\r\nContent-Length: 100\r\n\r\n{"
            try await client.writeAndFlush(ByteBuffer(string: half))
            await sandbox.until { $0.inFlight == 1 }
            try await client.close()
            await sandbox.until { $0.inFlight == 0 }
            #expect(sandbox.statistics.requests.values.reduce(0, +) == 1)
        }
    }

    @Test("a request that hangs is left when its client dies", .timeLimit(.minutes(10)))
    func abandoned() async throws {
        try await withSandbox(SandboxBehavior(faults: SimulatedFaults(latency: 300), bannerScript: [.hang])) {
            sandbox, url in
            try await withClient(url) { client in
                let answer = Task { await client.send(oneRecord, to: .single) }
                await sandbox.until { $0.inFlight == 1 && $0.count("/auth") == 1 }
                // It dies before the request begins to hang.
                answer.cancel()
                _ = await answer.value
            }
            await sandbox.until { $0.inFlight == 0 }
        }
    }

    @Test("it ends at once when it is stopped, whatever hangs")
    func stop() async throws {
        let sandbox = Sandbox(SandboxBehavior(bannerScript: [.hang]))
        let port = try await sandbox.start()
        try await withClient("http://127.0.0.1:\(port)") { client in
            async let answer = client.send(oneRecord, to: .single)
            await sandbox.until { $0.inFlight == 1 && $0.count("/auth") == 1 }
            let start = ContinuousClock.now
            await sandbox.stop()
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(await answer.outcome.fault?.kind == .reset)
            #expect(await answer.outcome.mayHaveBeenApplied == true)
        }
    }
}
