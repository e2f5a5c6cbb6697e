import DeliveryModel
import ShowAdsAPI
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("Faults on the way")
struct ConnectionFaultTests {
    @Test("a refused connection is known, and nothing was applied")
    func refusedConnection() async throws {
        let port = try SilentPort()
        try await withClient("http://127.0.0.1:\(port.number)") { client in
            let answer = await client.send(oneRecord, to: .single)
            #expect(answer.outcome.fault?.kind == .connect(.refused))
            #expect(answer.outcome.mayHaveBeenApplied == false)
            #expect(answer.cause == "connection refused by 127.0.0.1:\(port.number)")
            #expect(answer.label == "connect")
            #expect(answer.phase == .auth)
        }
        withExtendedLifetime(port) {}
    }

    @Test("a server that goes away after the login refuses the records before they leave")
    func vanishedServer() async throws {
        let sandbox = Sandbox()
        let port = try await sandbox.start()
        try await withClient("http://127.0.0.1:\(port)") { client in
            #expect(await client.logIn().outcome == .applied)
            await sandbox.stop()
            var answer = await client.send(oneRecord, to: .single)
            // A connection that was kept and whose end is not seen yet is in doubt; there is no second one.
            if answer.outcome.fault?.kind == .reset { answer = await client.send(oneRecord, to: .single) }
            #expect(answer.outcome.fault?.kind == .connect(.refused))
            #expect(answer.outcome.mayHaveBeenApplied == false)
            #expect(answer.phase == .banners)
        }
    }

    @Test("what needs a new connection uses none that is open")
    func newConnection() async throws {
        let answer = CannedServer.Reply(bytes: CannedServer.success("{}"), closes: false)
        try await CannedServer.serving(answer) { server, url in
            try await withClient(url) { client in
                #expect(await client.send(oneRecord, to: .single).outcome == .applied)
                for _ in 1...3 {
                    let before = server.connections
                    #expect(await client.send(oneRecord, to: .single, needsNewConnection: true).outcome == .applied)
                    #expect(server.connections == before + 1)
                }
            }
        }
    }

    @Test("a name that does not resolve is a fault of its own")
    func unknownHost() async throws {
        let endpoint = try APIEndpoint("https://does-not-exist.invalid")
        let client = try ShowAdsClient(endpoint: endpoint, key: try ProjectKey("k"), maximumConnections: 1)
        let answer = await client.logIn()
        await client.shutdown()
        #expect(answer.outcome.fault?.kind == .dns)
        #expect(answer.outcome.mayHaveBeenApplied == false)
        #expect(answer.label == "dns")
        #expect(answer.cause == "no address found for does-not-exist.invalid")
    }

    @Test("a server that speaks no TLS is a fault of its own, and nothing was applied")
    func noTLS() async throws {
        try await withSandbox { _, url in
            try await withClient(url.replacing("http:", with: "https:")) { client in
                let answer = await client.logIn()
                #expect(answer.outcome.fault?.kind == .tls)
                #expect(answer.cause?.hasSuffix("it does not respond with TLS") == true)
                #expect(answer.outcome.mayHaveBeenApplied == false)
            }
        }
    }

    @Test("a reset is in doubt, whether the records were applied or not")
    func reset() async throws {
        try await withAPI(SandboxBehavior(bannerScript: [.reset, .appliedReset])) { client, sandbox in
            let before = await client.send(bulk("before"), to: .bulk)
            #expect(before.outcome.fault?.kind == .reset)
            #expect(before.outcome.mayHaveBeenApplied == true)
            #expect(before.label == "reset")
            #expect(sandbox.cookies == [:])
            let after = await client.send(bulk("after"), to: .bulk)
            #expect(after.outcome.fault?.kind == .reset)
            #expect(after.outcome.mayHaveBeenApplied == true)
            #expect(sandbox.cookies == ["after": 1])
            #expect(await client.send(bulk("after"), to: .bulk).outcome == .applied)
        }
    }

    @Test("an outage is in doubt, and over when it is over")
    func outage() async throws {
        try await withAPI { client, sandbox in
            #expect(await client.send(oneRecord, to: .single).outcome == .applied)
            sandbox.setFaults(SimulatedFaults(outage: true))
            for _ in 0..<3 {
                let answer = await client.send(oneRecord, to: .single)
                #expect(answer.outcome.fault?.kind == .reset)
                #expect(answer.outcome.mayHaveBeenApplied == true)
            }
            sandbox.setFaults(SimulatedFaults())
            #expect(await client.send(oneRecord, to: .single).outcome == .applied)
        }
    }

    @Test("a server that never answers is a time-out in doubt")
    func hang() async throws {
        try await withAPI(SandboxBehavior(bannerScript: [.hang]), requestTimeout: .seconds(20)) { client, _ in
            let answer = await client.send(oneRecord, to: .single)
            #expect(answer.outcome.fault?.kind == .timeout)
            #expect(answer.outcome.mayHaveBeenApplied == true)
            #expect(answer.cause == "no response from \(client.endpoint.peer): given up after 20 s")
            #expect(answer.label == "timeout")
            #expect(answer.duration >= .seconds(20))
        }
    }

    @Test("a login that is never answered is a time-out, not in doubt")
    func hangingLogin() async throws {
        try await withAPI(SandboxBehavior(loginScript: [.hang]), requestTimeout: .seconds(1)) { client, _ in
            let answer = await client.send(oneRecord, to: .single)
            #expect(answer.outcome.fault?.kind == .timeout)
            #expect(answer.outcome.mayHaveBeenApplied == false)
            #expect(answer.phase == .auth)
        }
    }

    @Test("a cancelled request answers at once, in doubt when it has left")
    func cancelled() async throws {
        try await withAPI(SandboxBehavior(bannerScript: [.hang])) { client, sandbox in
            let request = Task { await client.send(oneRecord, to: .single) }
            await sandbox.until { $0.inFlight == 1 && $0.count("/auth", "200") == 1 }
            request.cancel()
            let answer = await request.value
            #expect(answer.outcome.fault?.kind == .cancelled)
            #expect(answer.outcome.mayHaveBeenApplied == true)
            #expect(answer.duration < .seconds(10))
        }
    }

    @Test("a task that is cancelled before it sends has sent nothing")
    func cancelledBefore() async throws {
        try await withAPI { client, sandbox in
            #expect(await client.logIn().outcome == .applied)
            let request = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await client.send(oneRecord, to: .single)
            }
            guard case .transient(let fault, let mayHaveBeenApplied) = await request.value.outcome,
                fault.kind == .cancelled
            else {
                Issue.record("not cancelled")
                return
            }
            if !mayHaveBeenApplied { #expect(sandbox.statistics.applied == 0) }
        }
    }

    @Test("sixteen requests in flight use sixteen connections, which are used again")
    func pool() async throws {
        try await withAPI(SandboxBehavior(faults: SimulatedFaults(latency: 400))) { client, sandbox in
            for _ in 0..<3 {
                await withTaskGroup(of: APIOutcome.self) { group in
                    for _ in 0..<16 { group.addTask { await client.send(oneRecord, to: .single).outcome } }
                    for await outcome in group { #expect(outcome == .applied) }
                }
            }
            #expect(sandbox.statistics.maxInFlight == 16)
            // A busy machine may open one before another is seen to be free; it never opens one a request.
            #expect((16..<40).contains(sandbox.statistics.connections))
        }
    }
}
