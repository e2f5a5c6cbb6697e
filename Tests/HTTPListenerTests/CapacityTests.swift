import CustomerRecords
import DeliveryModel
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTPListener

@Suite("Who waits takes nothing from who submits", .serialized)
struct CapacityTests {
    static let async = [("Prefer", "respond-async")]

    static var record: String {
        let body = PythonBehaviorTests.valid
        return ConnectionTests.request(
            "POST", "/send_record", "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n") + body
    }

    static var upload: String {
        let body = PythonBehaviorTests.file
        return ConnectionTests.request(
            "POST", "/send_record/bulk", "Content-Type: text/csv\r\nContent-Length: \(body.utf8.count)\r\n") + body
    }

    /// A service that delivers nothing before the gate is open.
    static func outage(_ gate: Gate) -> FakeDeliveryService {
        FakeDeliveryService(
            untilFinished: { _ in await gate.pass() },
            outcome: { _ in
                await gate.pass()
                return .sent
            })
    }

    @Test("in an outage, clients that wait for their outcome leave every place free")
    func outage() async throws {
        var limits = ListenerLimits.patient
        limits.places = 2
        limits.uploads = 1
        limits.outcomeWait = .seconds(60)
        let gate = Gate()
        let service = Self.outage(gate)
        try await TestListener.with(service, limits: limits) { listener async throws in
            try await RawClient.holding(listener.port, [Self.record, Self.upload], count: 40) {
                try await until {
                    service.state.withLock { $0.submitted.count == 20 && $0.started.count == 20 }
                }
                #expect(try await listener.submit(PythonBehaviorTests.valid, headers: Self.async).status == 202)
                #expect(try await listener.upload(PythonBehaviorTests.file, headers: Self.async).status == 202)
                let metrics = try await listener.request("GET", "/metrics").body
                #expect(metrics.contains(#"data_connector_http_waiting{for="record"} 20"#))
                #expect(metrics.contains(#"data_connector_http_waiting{for="file"} 20"#))
                gate.open()
            }
        }
    }

    @Test("one client too many that wants to wait is told immediately that its submission is pending")
    func tooManyWaiting() async throws {
        var limits = ListenerLimits.patient
        limits.waitingRecords = 1
        limits.waitingFiles = 1
        limits.outcomeWait = .seconds(60)
        let gate = Gate()
        let service = Self.outage(gate)
        try await TestListener.with(service, limits: limits) { listener async throws in
            try await RawClient.holding(listener.port, [Self.record, Self.upload], count: 2) {
                try await until { service.state.withLock { $0.submitted.count == 1 && $0.started.count == 1 } }
                for reply in [
                    try await listener.submit(PythonBehaviorTests.valid),
                    try await listener.upload(PythonBehaviorTests.file),
                ] {
                    #expect(reply.status == 202)
                    #expect(reply.json["status"] as? String == "pending")
                    #expect(reply.headers["location"] == "/runs/\(reply.run ?? 0)")
                }
                gate.open()
            }
        }
    }

    @Test("a request that finds no place waits for one, and is told when to come back only if none becomes free")
    func queue() async throws {
        var limits = ListenerLimits.quick
        limits.uploads = 1
        limits.bodyWindow = .seconds(30)
        try await TestListener.with(limits: limits) { listener async throws in
            let head =
                "POST /send_record/bulk HTTP/1.1\r\n\(LimitTests.host)Content-Type: text/csv\r\n"
                + "Content-Length: 1000\r\n\r\nname"
            try await RawClient.holding(listener.port, [head], count: 1) {
                try await until { !listener.spooledFiles.isEmpty }
                let refused = try await listener.upload(PythonBehaviorTests.file)
                #expect(refused.status == 503)
                #expect(refused.headers["retry-after"].flatMap { Int($0) }.map { (1...60).contains($0) } == true)
                // The upload above the floor was not cut off for it.
                #expect(listener.spooledFiles.count == 1)
            }
            #expect(try await listener.upload(PythonBehaviorTests.file).status == 202)
        }
    }

    @Test("a record whose body dribbles holds no place")
    func slowRecords() async throws {
        var limits = ListenerLimits.quick
        limits.places = 1
        limits.bodyWindow = .seconds(30)
        try await TestListener.with(limits: limits) { listener async throws in
            let head =
                ConnectionTests.request(
                    "POST", "/send_record", "Content-Type: application/json\r\nContent-Length: 100\r\n") + "{"
            try await RawClient.holding(listener.port, [head], count: 20) {
                try await until { listener.listener.snapshot().openConnections >= 20 }
                #expect(try await listener.submit(PythonBehaviorTests.valid).status == 202)
            }
        }
    }

    @Test(
        "a client says how long it waits", arguments: ["wait=0", "respond-async", "wait=0, respond-async"])
    func preference(prefer: String) async throws {
        var limits = ListenerLimits.quick
        limits.outcomeWait = .seconds(60)
        limits.fileOutcomeWait = .seconds(60)
        let gate = Gate()
        try await TestListener.with(Self.outage(gate), limits: limits) { listener async throws in
            for reply in [
                try await listener.submit(PythonBehaviorTests.valid, headers: [("Prefer", prefer)]),
                try await listener.upload(PythonBehaviorTests.file, headers: [("Prefer", prefer)]),
            ] {
                #expect(reply.status == 202)
                #expect(reply.json["status"] as? String == "pending")
                #expect(reply.headers["location"] == "/runs/\(reply.run ?? 0)")
                #expect(reply.headers["preference-applied"] != nil)
            }
            gate.open()
        }
    }

    @Test("the preference is read as RFC 7240 has it")
    func preferences() {
        #expect(WaitPreference(["foo, wait=5;x=y", "Respond-Async"]).wait == 5)
        #expect(WaitPreference(["Respond-Async"]).respondsAsync)
        #expect(WaitPreference([#"wait="7""#]).wait == 7)
        for ignored in ["wait", "wait=", "wait=-1", "wait=x", "waits=3"] {
            #expect(WaitPreference([ignored]).limit(default: .seconds(10), longest: .seconds(20)) == .seconds(10))
        }
        #expect(
            WaitPreference(["wait=99999999999999999999"]).limit(default: .zero, longest: .seconds(20)) == .seconds(20))
    }
}
