import CustomerRecords
import DeliveryModel
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import HTTPListener

@Suite("The listener as a service")
struct ServiceTests {
    @Test("a client that does not want to wait is told where its submission is")
    func respondAsync() async throws {
        let gate = Gate()
        let service = FakeDeliveryService(
            untilFinished: { _ in await gate.pass() },
            outcome: { _ in
                await gate.pass()
                return .sent
            })
        try await TestListener.with(service) { listener async throws in
            let prefer = [("Prefer", "wait=5, Respond-Async")]
            let record = try await listener.submit(PythonBehaviorTests.valid, headers: prefer)
            #expect(record.status == 202)
            #expect(record.json["status"] as? String == "pending")
            #expect(record.headers["location"] == "/runs/1")
            let upload = try await listener.upload(PythonBehaviorTests.file, headers: prefer)
            #expect(upload.headers["location"] == "/runs/2")
            #expect(try await listener.request("GET", "/runs/2").json["source"] as? String == "t.csv")
            gate.open()
        }
    }

    @Test(
        "the answer to a record tells what became of it",
        arguments: [SubmissionOutcome.failed("400 no such banner"), .pending])
    func outcomes(outcome: SubmissionOutcome) async throws {
        let gate = Gate()
        let service = FakeDeliveryService(outcome: { _ in
            if outcome == .pending { await gate.pass() }
            return outcome
        })
        var limits = ListenerLimits.quick
        if outcome == .pending { limits.outcomeWait = .milliseconds(200) }
        try await TestListener.with(service, limits: limits) { listener async throws in
            let reply = try await listener.submit(PythonBehaviorTests.valid)
            #expect(reply.status == 202)
            #expect(
                reply.message
                    == (outcome == .pending
                        ? "Record id accepted, delivery pending." : "Record id was not delivered."))
            #expect(reply.json["status"] as? String == (outcome == .pending ? "pending" : "failed"))
            #expect(reply.json["reason"] as? String == (outcome == .pending ? nil : "400 no such banner"))
            #expect(reply.run == 1)
        }
    }

    @Test(
        "what the engine can't do is answered with a status that says so",
        arguments: [
            (DeliveryError.Code.source, 400), (.conflict, 409), (.notFound, 404), (.busy, 503), (.journal, 503),
            (.configuration, 503), (.locked, 503),
        ])
    func faults(code: DeliveryError.Code, status: Int) async throws {
        let service = FakeDeliveryService(
            startFault: DeliveryError(code, "why"), submitFault: DeliveryError(code, "why"))
        try await TestListener.with(service) { listener async throws in
            for reply in [
                try await listener.upload(PythonBehaviorTests.file),
                try await listener.submit(PythonBehaviorTests.valid),
            ] {
                #expect(reply.status == status)
                #expect(reply.message?.contains("why") == (code != .journal && code != .locked))
                #expect((reply.headers["retry-after"] != nil) == (status == 503))
                #expect((reply.headers["connection"] == "close") == (status == 503))
            }
            #expect(listener.spooledFiles.isEmpty)
        }
    }

    @Test("runs and failures come in pages that lead to each other")
    func pages() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service) { listener async throws in
            for _ in 0..<5 { _ = try await listener.submit(PythonBehaviorTests.valid) }
            let first = try await listener.request("GET", "/runs?limit=3")
            #expect((first.json["runs"] as? [[String: Any]])?.compactMap { $0["run"] as? Int } == [5, 4, 3])
            #expect(first.json["next"] as? Int == 3)
            let second = try await listener.request("GET", "/runs?limit=3&before=3")
            #expect((second.json["runs"] as? [[String: Any]])?.compactMap { $0["run"] as? Int } == [2, 1])
            #expect(second.json["next"] == nil)

            service.state.withLock { state in
                state.failures = (1...5).map {
                    FailedRecord(
                        id: $0 * 10, run: RunID(rawValue: 2), line: Int($0), kind: .permanent, message: "no",
                        time: Date())
                }
            }
            let failures = try await listener.request("GET", "/runs/2/failures?limit=2&after=20")
            #expect((failures.json["failures"] as? [[String: Any]])?.compactMap { $0["id"] as? Int } == [30, 40])
            #expect(failures.json["next"] as? Int == 40)
            let retry = try await listener.request("POST", "/runs/2/retry")
            #expect(retry.status == 202)
            #expect(retry.run == 99)
            #expect(try await listener.request("POST", "/runs/1/retry").status == 409)
            #expect(try await listener.request("POST", "/runs/77/retry").status == 404)
            #expect(try await listener.request("GET", "/runs/77").status == 404)
            #expect(try await listener.request("GET", "/runs/77/failures").status == 404)
            for query in ["limit=0", "limit=501", "limit=x", "limit=1&limit=2", "before=%zz", "before=-1"] {
                #expect(try await listener.request("GET", "/runs?\(query)").status == 400, "\(query)")
            }
        }
    }

    @Test("metrics conserve the records and count the requests")
    func metrics() async throws {
        let totals = DeliveryTotals(
            counts: RunCounts(rejected: 1, filtered: 2, sent: 3, failed: 4, pending: 5, reasons: [.name: 1]),
            requests: 9, retries: 2, statuses: ["200": 7, "timeout": 2], runs: ["done": 1])
        try await TestListener.with(totals: totals) { listener async throws in
            _ = try await listener.submit(PythonBehaviorTests.valid)
            _ = try await listener.submit("{")
            let reply = try await listener.request("GET", "/metrics")
            #expect(reply.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let lines = Set(reply.body.split(separator: "\n").map(String.init))
            for line in [
                "data_connector_records_read_total 15", "data_connector_records{state=\"sent\"} 3",
                "data_connector_records{state=\"rejected\"} 1", "data_connector_records{state=\"filtered\"} 2",
                "data_connector_records{state=\"failed\"} 4", "data_connector_records{state=\"pending\"} 5",
                "data_connector_api_answers_total{status=\"timeout\"} 2",
                "data_connector_http_requests_total{path=\"/send_record\",status=\"202\"} 1",
                "data_connector_http_requests_total{path=\"/send_record\",status=\"400\"} 1",
                "data_connector_http_request_duration_seconds_count{path=\"/send_record\"} 2",
                "data_connector_http_request_duration_seconds_bucket{path=\"/send_record\",le=\"+Inf\"} 2",
                "data_connector_http_connections 1",
            ] { #expect(lines.contains(line), "\(line)") }
            #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
            // Every sample has a family that says what it is.
            for line in lines where !line.hasPrefix("#") {
                let name = line.prefix { $0 != "{" && $0 != " " }
                #expect(lines.contains { $0.hasPrefix("# TYPE ") && name.hasPrefix($0.split(separator: " ")[2]) })
            }
        }
    }

    @Test(
        "readiness is about taking submissions, and says why not",
        arguments: [(IntakeFault.disk, "the disk is too full."), (.journal, "the journal can't be written.")])
    func readinessFault(fault: IntakeFault, reason: String) async throws {
        try await TestListener.with(readiness: FakeReadiness(fault: fault)) { listener async throws in
            let reply = try await listener.request("GET", "/ready")
            #expect(reply.status == 503)
            #expect(reply.message == "Submissions can't be stored at this moment: \(reason)")
            #expect(try await listener.request("GET", "/health").status == 200)
        }
    }

    @Test("whether the API takes records is no matter of readiness, but of delivery, and no internals are told")
    func readiness() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service) { listener async throws in
            let states: [(change: @Sendable (inout EngineSnapshot) -> Void, takes: Bool)] = [
                ({ $0.apiHost = nil }, false), ({ $0.fault = "The disk is full." }, false),
                ({ $0.breaker = .open(until: Date()) }, true), ({ $0.breaker = .probing }, true),
                ({ $0.refusal = "The API refuses every record (400)." }, true),
                (
                    {
                        $0.holds = [
                            DeliveryHold(kind: .throttled, reason: "the API asked for a pause", until: Date() + 60)
                        ]
                    }, true
                ),
            ]
            for state in states {
                service.state.withLock { $0.snapshot = EngineSnapshot(apiHost: "api") }
                #expect(try await listener.request("GET", "/ready").status == 200)
                #expect(try await listener.request("GET", "/ready/delivery").status == 200)
                service.state.withLock { state.change(&$0.snapshot) }
                // Holding records until the API takes them is what it is for.
                #expect(try await listener.request("GET", "/ready").status == (state.takes ? 200 : 503))
                let reply = try await listener.request("GET", "/ready/delivery")
                #expect(reply.status == 503)
                #expect(reply.message?.isEmpty == false)
            }
        }
    }

    @Test("readiness tells a start and a drain apart, while requests are served")
    func phases() async throws {
        try await TestListener.with { listener async throws in
            func status() async throws -> String? {
                let reply = try await listener.request("GET", "/ready")
                #expect(try await listener.submit(PythonBehaviorTests.valid).status == 202)
                return reply.json["status"] as? String
            }
            listener.listener.beginResuming()
            #expect(try await status() == "starting")
            listener.listener.endResuming()
            #expect(try await status() == "ready")
            listener.listener.beginDraining()
            #expect(try await status() == "stopping")
            listener.listener.endResuming()
            #expect(try await status() == "stopping")
        }
    }

    @Test("stopping answers who waits, lets a request end, and accepts nothing new")
    func shutdown() async throws {
        let gate = Gate()
        let service = FakeDeliveryService(untilFinished: { _ in await gate.pass() })
        var limits = ListenerLimits.quick
        limits.bodyWindow = .seconds(20)
        try await TestListener.with(service, limits: limits) { listener async throws in
            async let waiting = listener.upload(PythonBehaviorTests.file)
            try await until { !service.state.withLock({ $0.started.isEmpty }) }
            let file = PythonBehaviorTests.file
            let head = "POST /send_record/bulk HTTP/1.1\r\n\(LimitTests.host)Content-Type: text/csv\r\n"
            let half = head + "Content-Length: \(file.utf8.count)\r\n\r\n" + file.prefix(20)
            async let slow = RawClient.exchange(listener.port, [half, String(file.dropFirst(20))]) {
                try await until { listener.listener.snapshot().state == .off }
            }
            try await until { !listener.spooledFiles.isEmpty }
            await listener.listener.stop()
            let reply = try await waiting
            #expect(reply.status == 202)
            #expect(reply.run == 1)
            let answer = try await slow
            #expect(answer.contains("202 Accepted"))
            #expect(service.state.withLock { $0.contents.last } == file)
            await #expect(throws: (any Error).self) { try await RawClient.connect(to: listener.port) }
            #expect(listener.listener.snapshot().openConnections == 0)
        }
    }

    @Test("a listener can be started again, keeps its figures, and says when it can't")
    func restart() async throws {
        try await TestListener.with { listener async throws in
            _ = try await listener.submit(PythonBehaviorTests.valid)
            await #expect(throws: DeliveryError.self) { try await listener.listener.start() }
            let other = ListenerServer(
                configuration: try ListenerConfiguration(
                    port: listener.port, spoolDirectory: listener.spool, runsDirectory: listener.spool),
                service: FakeDeliveryService(), idempotency: MemoryIdempotencyStore(), readiness: FakeReadiness(),
                totals: FixedTotals(value: DeliveryTotals()),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            await #expect(throws: DeliveryError.self) { try await other.start() }
            guard case .failed = other.snapshot().state else {
                Issue.record("The second listener has not failed.")
                return
            }
            await listener.listener.stop()
            #expect(listener.listener.snapshot().state == .off)
            try await listener.listener.start()
            let again = TestListener(
                listener: listener.listener, port: try #require(listener.listener.port), spool: listener.spool)
            _ = try await again.submit("{")
            let snapshot = listener.listener.snapshot()
            #expect(snapshot.state == .listening)
            #expect(snapshot.address == "http://127.0.0.1:\(again.port)")
            #expect(snapshot.authorization == "open (loopback only)")
            #expect(
                snapshot.requests == [
                    ListenerSnapshot.RouteCount(path: "/send_record", status: 202, count: 1),
                    ListenerSnapshot.RouteCount(path: "/send_record", status: 400, count: 1),
                ])
            #expect(snapshot.submissions.map(\.status) == [400, 202])
            #expect(snapshot.submissions.map(\.run) == [nil, RunID(rawValue: 1)])
        }
    }

    @Test("what an earlier process was receiving when it died is removed, and nothing else")
    func leftovers() async throws {
        let spool = NSTemporaryDirectory() + "listener-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: spool) }
        for name in ["upload-1.csv.part", "upload-2.csv", "other.part"] {
            #expect(FileManager.default.createFile(atPath: spool + "/" + name, contents: nil))
        }
        let listener = ListenerServer(
            configuration: try ListenerConfiguration(port: 0, spoolDirectory: spool, runsDirectory: spool),
            service: FakeDeliveryService(),
            idempotency: MemoryIdempotencyStore(), readiness: FakeReadiness(),
            totals: FixedTotals(value: DeliveryTotals()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await listener.start()
        await listener.stop()
        #expect(try FileManager.default.contentsOfDirectory(atPath: spool).sorted() == ["other.part", "upload-2.csv"])
    }

    @Test("a spooled file is whole and private")
    func spooling() async throws {
        let text = "name,age,cookie,banner_id\n" + String(repeating: "Kate Valid,25,abc,28\n", count: 100_000)
        let service = FakeDeliveryService()
        try await TestListener.with(service) { listener async throws in
            let reply = try await listener.upload(text)
            #expect(reply.json["sent"] as? Int == 100_000)
            #expect(service.state.withLock { $0.contents } == [text])
            #expect(service.state.withLock { $0.modes } == [0o600])
        }
    }
}
