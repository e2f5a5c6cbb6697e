import CustomerRecords
import DeliveryModel
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTPListener

@Suite("Idempotency keys")
struct IdempotencyTests {
    static let key = [("Idempotency-Key", "order 66")]

    @Test("a repeated record gets the first answer again and is delivered once")
    func record() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let first = try await listener.submit(PythonBehaviorTests.valid, headers: Self.key)
            let second = try await listener.submit(PythonBehaviorTests.valid, headers: Self.key)
            #expect(first.status == 202)
            #expect(second.status == 202)
            #expect(second.body == first.body)
            #expect(second.headers["idempotent-replayed"] == "true")
            #expect(service.state.withLock { $0.submitted.count } == 1)
            let other = try await listener.submit(
                PythonBehaviorTests.valid.replacingOccurrences(of: "25", with: "26"), headers: Self.key)
            #expect(other.status == 422)
            #expect(service.state.withLock { $0.submitted.count } == 1)
        }
    }

    @Test("a repeated upload is the same whatever its boundary, and another when its file or filter differ")
    func upload() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let file = PythonBehaviorTests.file
            let first = try await listener.upload(file, boundary: "one", headers: Self.key)
            let second = try await listener.upload(file, boundary: "two", headers: Self.key)
            #expect(second.body == first.body)
            #expect(try await listener.upload(file + "x", headers: Self.key).status == 422)
            #expect(try await listener.upload(file, fields: [("min_age", "20")], headers: Self.key).status == 422)
            #expect(service.state.withLock { $0.started.count } == 1)
            #expect(listener.spooledFiles.isEmpty)
        }
    }

    @Test("requests with one key that arrive together are done once, and all get its answer")
    func together() async throws {
        let gate = Gate()
        let service = FakeDeliveryService(untilFinished: { _ in await gate.pass() })
        try await TestListener.with(service, limits: .patient) { listener async throws in
            try await withThrowingTaskGroup(of: TestListener.Reply.self) { group in
                for _ in 0..<5 {
                    group.addTask { try await listener.upload(PythonBehaviorTests.file, headers: Self.key) }
                }
                try await until { !service.state.withLock({ $0.started.isEmpty }) }
                gate.open()
                var bodies: Set<String> = []
                for try await reply in group {
                    #expect(reply.status == 202)
                    bodies.insert(reply.body)
                }
                #expect(bodies.count == 1)
            }
            #expect(service.state.withLock { $0.started.count } == 1)
        }
    }

    @Test("a refused request gives its key back")
    func released() async throws {
        let service = FakeDeliveryService(startFault: DeliveryError(.source, "The header names no cookie."))
        try await TestListener.with(service, limits: .patient) { listener async throws in
            for _ in 0..<2 {
                let reply = try await listener.upload(PythonBehaviorTests.file, headers: Self.key)
                #expect(reply.status == 400)
                #expect(reply.message == "The header names no cookie.")
            }
            #expect(try await listener.submit(PythonBehaviorTests.valid, headers: Self.key).status == 202)
        }
    }

    @Test("a key whose process died before it answered leads to its run")
    func unanswered() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            _ = try await listener.upload(PythonBehaviorTests.file, headers: Self.key)
        }
        service.keys.forgetAnswers()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let reply = try await listener.upload(PythonBehaviorTests.file, headers: Self.key)
            #expect(reply.status == 202)
            #expect(reply.run == 1)
            #expect(reply.json["sent"] as? Int == 3)
        }
        #expect(service.state.withLock { $0.started.count } == 1)
    }

    @Test("a pending record is answered with its outcome once it has one, and is not a final answer before")
    func pendingIsNotFinal() async throws {
        let gate = Gate()
        let service = FakeDeliveryService(outcome: { _ in
            await gate.pass()
            return .failed("400 no such banner")
        })
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let headers = Self.key + [("Prefer", "respond-async")]
            let first = try await listener.submit(PythonBehaviorTests.valid, headers: headers)
            #expect(first.json["status"] as? String == "pending")
            let second = try await listener.submit(PythonBehaviorTests.valid, headers: Self.key)
            #expect(second.json["status"] as? String == "pending" && second.run == first.run)
            #expect(second.headers["idempotent-replayed"] == nil)
            gate.open()
            try await until {
                let last = try await listener.submit(PythonBehaviorTests.valid, headers: Self.key)
                return last.json["status"] as? String == "failed"
                    && last.json["reason"] as? String == "400 no such banner"
                    && last.headers["idempotent-replayed"] == "true"
            }
            #expect(service.state.withLock { $0.submitted.count } == 1)
        }
    }

    @Test("a repeated record is waited for, as long as its client wants")
    func waits() async throws {
        let gate = Gate()
        let service = FakeDeliveryService(outcome: { _ in
            await gate.pass()
            return .sent
        })
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let now = Self.key + [("Prefer", "respond-async")]
            let first = try await listener.submit(PythonBehaviorTests.valid, headers: now)
            #expect(first.json["status"] as? String == "pending")
            let patient = Self.key + [("Prefer", "wait=60")]
            async let waiting = listener.submit(PythonBehaviorTests.valid, headers: patient)
            try await until {
                let metrics = try await listener.request("GET", "/metrics").body
                return metrics.contains("data_connector_http_waiting{for=\"record\"} 1\n")
            }
            gate.open()
            let reply = try await waiting
            #expect(reply.json["status"] as? String == "sent")
            #expect(service.state.withLock { $0.submitted.count } == 1)
        }
    }

    @Test("a rejected record keeps its key, and nothing that is stored holds its cookie")
    func rejected() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let record = PythonBehaviorTests.valid.replacingOccurrences(of: "25", with: "12")
            let first = try await listener.submit(record, headers: Self.key)
            let second = try await listener.submit(record, headers: Self.key)
            #expect(first.json["status"] as? String == "filtered")
            #expect(second.body == first.body && second.headers["idempotent-replayed"] == "true")
            let stored = service.keys.answers.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(stored == [#"{"reason":"age_filter","status":"filtered"}"#])
        }
    }

    @Test("a repeated retry begins one run")
    func retry() async throws {
        let service = FakeDeliveryService()
        service.state.withLock { state in
            let run = RunID(rawValue: 5)
            state.runs[run] = RunSummary(
                id: run, source: .submissions, state: .done, startedAt: Date(timeIntervalSince1970: 0))
            state.failures = [
                FailedRecord(id: 1, run: run, line: 1, kind: .permanent, message: "no", time: Date())
            ]
        }
        try await TestListener.with(service, limits: .patient) { listener async throws in
            for _ in 0..<2 {
                let reply = try await listener.request("POST", "/runs/5/retry", headers: Self.key)
                #expect(reply.status == 202 && reply.run == 99)
                #expect(reply.headers["location"] == "/runs/99")
            }
            #expect(service.state.withLock { $0.retried.map(\.submittedBy) } == ["127.0.0.1"])
            #expect(try await listener.submit(PythonBehaviorTests.valid, headers: Self.key).status == 422)
        }
    }

    @Test(
        "a key that is too long or not printable is refused",
        arguments: ["", String(repeating: "k", count: 256), "k\u{e9}"])
    func invalid(key: String) async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            let reply = try await listener.submit(PythonBehaviorTests.valid, headers: [("Idempotency-Key", key)])
            #expect(reply.status == 400)
        }
    }
}
