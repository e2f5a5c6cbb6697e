import DeliveryModel
import ShowAdsAPI
import ShowAdsSandbox
import Testing

@Suite("Tokens against an API")
struct TokenRefreshTests {
    /// Sends each cookie until it is applied; answers other than refused tokens are recorded as issues.
    private static func deliver(_ cookies: [String], with client: ShowAdsClient, inFlight: Int) async {
        await withTaskGroup { group in
            for worker in 0..<inFlight {
                group.addTask {
                    for index in stride(from: worker, to: cookies.count, by: inFlight) {
                        var outcome = APIOutcome.tokenRefused
                        while outcome == .tokenRefused {
                            outcome = await client.send(bulk(cookies[index]), to: .bulk).outcome
                        }
                        #expect(outcome == .applied)
                    }
                }
            }
        }
    }

    @Test("sixteen requests that find their token expired make one login")
    func singleFlight() async throws {
        try await withAPI(SandboxBehavior(faults: SimulatedFaults(latency: 20))) { client, sandbox in
            #expect(await client.logIn().outcome == .applied)
            sandbox.expireToken()
            await Self.deliver((0..<16).map { "cookie-\($0)" }, with: client, inFlight: 16)
            #expect(sandbox.statistics.count("/auth") == 2)
            #expect(sandbox.statistics.count("/banners/show/bulk", "401") == 16)
            #expect(sandbox.statistics.distinct == 16)
        }
    }

    @Test("tokens that serve few requests deliver everything, sixteen at a time", arguments: [1, 2, 5])
    func shortLivedTokens(uses: Int) async throws {
        let behavior = SandboxBehavior(faults: SimulatedFaults(latency: 1, jitter: 2), tokenUses: uses)
        try await withAPI(behavior) { client, sandbox in
            await Self.deliver((0..<100).map { "cookie-\($0)" }, with: client, inFlight: 16)
            #expect(sandbox.statistics.distinct == 100)
            #expect(sandbox.statistics.duplicates == 0)
        }
    }

    @Test("an API that refuses every token is misconfigured, after few logins")
    func alwaysRefused() async throws {
        let behavior = SandboxBehavior(bannerScript: Array(repeating: 401, count: 1000))
        try await withAPI(behavior) { client, sandbox in
            await withTaskGroup { group in
                for _ in 0..<16 {
                    group.addTask {
                        var outcome = APIOutcome.tokenRefused
                        while outcome == .tokenRefused { outcome = await client.send(oneRecord, to: .single).outcome }
                        guard case .misconfigured(401, let message) = outcome else {
                            Issue.record("\(outcome)")
                            return
                        }
                        #expect(message.contains("every token"))
                    }
                }
            }
            #expect((3...6).contains(sandbox.statistics.count("/auth")))
        }
    }

    @Test("a test login does not disturb what is being sent")
    func logInDuringDelivery() async throws {
        try await withAPI(SandboxBehavior(faults: SimulatedFaults(latency: 1))) { client, sandbox in
            async let delivery: Void = Self.deliver((0..<60).map { "cookie-\($0)" }, with: client, inFlight: 4)
            for _ in 0..<5 { #expect(await client.logIn().outcome == .applied) }
            await delivery
            #expect(sandbox.statistics.distinct == 60)
            #expect(sandbox.statistics.duplicates == 0)
        }
    }
}
