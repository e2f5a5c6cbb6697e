import DeliveryModel
import Foundation
import Synchronization
import Testing

@testable import HTTPListener

@Suite("The audit gets to know who asks over HTTP")
struct AskerTests {
    @Test("a token's name and the client's address; a token without a name, or none, is anonymous")
    func askers() async throws {
        let service = FakeDeliveryService()
        let tokens = ["crm:admin=crm-0123456789abcdef", "unnamed-0123456789abcdef"]
        try await TestListener.with(service, tokens: tokens) { listener async throws in
            let csv = "name,age,cookie,banner_id\nJane Doe,30,c,1\n"
            for token in ["crm-0123456789abcdef", "unnamed-0123456789abcdef"] {
                let headers = [("Authorization", "Bearer \(token)")]
                let upload = try await listener.request(
                    "POST", "/send_record/bulk", headers: headers + [("Content-Type", "text/csv")], body: csv)
                #expect(upload.status == 202)
                let record = #"[{"name": "Jane Doe", "age": 30, "cookie": "c", "banner_id": 1}]"#
                let array = try await listener.request(
                    "POST", "/send_record", headers: headers + [("Content-Type", "application/json")], body: record)
                #expect(array.status == 202)
                let run = try #require(upload.run)
                _ = try await listener.request("POST", "/runs/\(run)/discard", headers: headers)
            }
        }
        let crm = Operator(who: "crm", from: "127.0.0.1")
        let anonymous = Operator(who: "anonymous", from: "127.0.0.1")
        #expect(
            service.state.withLock { $0.askers } == Array(repeating: crm, count: 3)
                + Array(repeating: anonymous, count: 3))
    }

    @Test("a run is sent outside of the send window for an administrator, and for nobody else")
    func passedWindow() async throws {
        let service = FakeDeliveryService()
        let tokens = ["ops:admin=ops-0123456789abcdef", "erp:submit=erp-0123456789abcdef"]
        try await TestListener.with(service, tokens: tokens) { listener async throws in
            func pass(_ path: String, _ token: String) async throws -> Int {
                try await listener.request(
                    "POST", path, headers: [("Authorization", "Bearer \(token)-0123456789abcdef")]
                ).status
            }
            let upload = try await listener.request(
                "POST", "/send_record/bulk",
                headers: [("Authorization", "Bearer erp-0123456789abcdef"), ("Content-Type", "text/csv")],
                body: "name,age,cookie,banner_id\nJane Doe,30,c,1\n")
            let run = try #require(upload.run)
            service.state.withLock { $0.waiting = RunID(rawValue: Int64(run)) }
            #expect(try await pass("/runs/\(run)/pass-window", "erp") == 403)
            #expect(try await pass("/runs/\(run)/pass-window?now", "ops") == 400)
            #expect(try await pass("/runs/77/pass-window", "ops") == 404)
            #expect(try await pass("/runs/\(run)/pass-window", "ops") == 202)
            #expect(try await pass("/runs/\(run)/pass-window", "ops") == 409)
        }
        #expect(service.state.withLock { $0.askers.last } == Operator(who: "ops", from: "127.0.0.1"))
    }

    @Test(
        "a client is told apart from its token",
        arguments: [
            ("crm@10.0.0.5", "crm", "10.0.0.5"), ("10.0.0.5", "anonymous", "10.0.0.5"),
            ("crm@fe80::1", "crm", "fe80::1"), ("::1", "anonymous", "::1"),
        ])
    func parts(client: String, who: String, from: String) {
        #expect(Operator(client: client) == Operator(who: who, from: from))
    }
}
