import CustomerRecords
import DeliveryModel
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTPListener

@Suite("Connections")
struct ConnectionTests {
    static func request(_ method: String, _ path: String, _ headers: String = "", version: String = "1.1") -> String {
        "\(method) \(path) HTTP/\(version)\r\n\(LimitTests.host)\(headers)\r\n"
    }

    /// The statuses of all answers, in their order.
    static func statuses(_ answers: String) -> [Int] {
        answers.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }

    @Test("requests that are sent in one go are answered in their order")
    func pipelining() async throws {
        try await TestListener.with { listener async throws in
            let body = PythonBehaviorTests.valid
            let record = "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            let all =
                Self.request("GET", "/health") + Self.request("GET", "/nothing")
                + Self.request("POST", "/send_record", record) + body
                + Self.request("GET", "/send_record", "Connection: close\r\n")
            #expect(Self.statuses(try await RawClient.exchange(listener.port, [all])) == [200, 404, 202, 405])
            let bytewise = all.utf8.map { String(UnicodeScalar($0)) }
            #expect(Self.statuses(try await RawClient.exchange(listener.port, bytewise)) == [200, 404, 202, 405])
        }
    }

    @Test("a proper request before a broken one keeps its answer, whatever follows", arguments: [0, 5, 2000, 20_000])
    func brokenSecond(more: Int) async throws {
        try await TestListener.with { listener async throws in
            let answers = try await RawClient.exchange(
                listener.port,
                [Self.request("GET", "/runs") + "NONSENSE\r\n\r\n" + String(repeating: "x", count: more)])
            #expect(Self.statuses(answers) == [200, 400])
        }
    }

    @Test("HTTP/1.0 is answered and closed, unless it asks to continue")
    func oldProtocol() async throws {
        try await TestListener.with { listener async throws in
            let answer = try await RawClient.exchange(listener.port, [Self.request("GET", "/health", version: "1.0")])
            #expect(Self.statuses(answer) == [200])
            #expect(answer.contains("Connection: close"))
            let kept = try await RawClient.exchange(
                listener.port,
                [
                    Self.request("GET", "/health", "Connection: keep-alive\r\n", version: "1.0")
                        + Self.request("GET", "/ready", version: "1.0")
                ])
            #expect(Self.statuses(kept) == [200, 200])
            #expect(kept.contains("Connection: keep-alive"))
        }
    }

    @Test("HEAD is answered like GET, without the body")
    func head() async throws {
        try await TestListener.with { listener async throws in
            let answer = try await RawClient.exchange(
                listener.port, [Self.request("HEAD", "/health", "Connection: close\r\n")])
            #expect(Self.statuses(answer) == [200])
            #expect(answer.contains("Content-Length: 15\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("a wish for another protocol is not granted, and ends the connection")
    func upgrade() async throws {
        try await TestListener.with { listener async throws in
            let answer = try await RawClient.exchange(
                listener.port, [Self.request("GET", "/health", "Connection: Upgrade\r\nUpgrade: websocket\r\n")])
            #expect(Self.statuses(answer) == [200])
            #expect(answer.contains("Connection: close"))
        }
    }

    @Test("an absolute target is answered like its path")
    func absoluteTarget() async throws {
        try await TestListener.with { listener async throws in
            for (target, status) in [
                ("http://127.0.0.1/health", 200), ("http://127.0.0.1", 200), ("http://evil.example/health", 421),
                ("*", 404), ("ftp://127.0.0.1/health", 404),
            ] {
                let answer = try await RawClient.exchange(
                    listener.port, [Self.request("OPTIONS", target, "Connection: close\r\n")])
                #expect(Self.statuses(answer) == [status == 200 ? 405 : status], "\(target)")
            }
        }
    }

    @Test("a client that hangs up while its upload is delivered waits no more")
    func hungUp() async throws {
        let gate = Gate()
        let service = FakeDeliveryService(untilFinished: { _ in await gate.pass() })
        try await TestListener.with(service) { listener async throws in
            let file = PythonBehaviorTests.file
            let upload =
                Self.request(
                    "POST", "/send_record/bulk", "Content-Type: text/csv\r\nContent-Length: \(file.utf8.count)\r\n")
                + file
            let waiting = #"data_connector_http_waiting{for="file"} 1"#
            try await RawClient.holding(listener.port, [upload], count: 1) {
                try await until { try await listener.request("GET", "/metrics").body.contains(waiting) }
            }
            try await until { try await !listener.request("GET", "/metrics").body.contains(waiting) }
            gate.open()
        }
    }

    @Test("every answer has a date, says how long the connection is kept, and carries the request's name")
    func standardFields() async throws {
        try await TestListener.with { listener async throws in
            let named = try await listener.request("GET", "/health", headers: [("X-Request-Id", "abc-1")])
            #expect(named.headers["x-request-id"] == "abc-1")
            #expect(named.headers["keep-alive"] == "timeout=60")
            #expect(named.headers["date"]?.hasSuffix(" GMT") == true)
            let other = try await listener.request(
                "GET", "/nothing", headers: [("X-Request-Id", String(repeating: "x", count: 129))])
            #expect(other.headers["x-request-id"]?.count == 16)
            let refused = try await RawClient.exchange(listener.port, ["NONSENSE\r\n\r\n"])
            #expect(refused.contains("Date: "))
        }
    }
}
