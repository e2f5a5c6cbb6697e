import CustomerRecords
import DeliveryModel
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTPListener

/// Every limit, broken by a client that doesn't care.
@Suite("Limits", .serialized)
struct LimitTests {
    static let host = "Host: 127.0.0.1\r\n"

    static func status(_ answer: String) -> Int? {
        answer.hasPrefix("HTTP/1.1 ") ? Int(answer.dropFirst(9).prefix(3)) : nil
    }

    @Test("headers that are too large or too many are answered 431 and the connection is closed")
    func headers() async throws {
        try await TestListener.with { listener async throws in
            let large = "GET /health HTTP/1.1\r\n\(Self.host)X: \(String(repeating: "x", count: 17_000))\r\n\r\n"
            let many = "GET /health HTTP/1.1\r\n\(Self.host)" + String(repeating: "X: y\r\n", count: 65) + "\r\n"
            let longPath = "GET /\(String(repeating: "x", count: 17_000)) HTTP/1.1\r\n\(Self.host)\r\n"
            for request in [large, many, longPath] {
                let answer = try await RawClient.exchange(listener.port, [request])
                #expect(Self.status(answer) == 431)
                #expect(answer.contains(#"{"message":"#))
                #expect(answer.contains("Connection: close"))
            }
            let enough =
                "GET /health HTTP/1.1\r\n\(Self.host)" + String(repeating: "X: y\r\n", count: 60)
                + "Connection: close\r\n\r\n"
            #expect(Self.status(try await RawClient.exchange(listener.port, [enough])) == 200)
        }
    }

    @Test(
        "what is not proper HTTP is answered 400 and the connection is closed",
        arguments: [
            "NONSENSE\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET /health HTTP/1.1\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
            "POST /send_record HTTP/1.1\r\n\(host)Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "POST /send_record HTTP/1.1\r\n\(host)Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /send_record HTTP/1.1\r\n\(host)Content-Length: -1\r\n\r\n",
            "POST /send_record HTTP/1.1\r\n\(host)Content-Length: 99999999999999999999\r\n\r\n",
            "POST /send_record HTTP/1.1\r\n\(host)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ])
    func malformed(request: String) async throws {
        try await TestListener.with { listener async throws in
            let answer = try await RawClient.exchange(listener.port, [request])
            #expect(Self.status(answer) == 400, "\(request.debugDescription): \(answer.debugDescription)")
        }
    }

    @Test("a body that ends early is neither a record nor an upload")
    func truncated() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service) { listener async throws in
            let head = "POST /send_record/bulk HTTP/1.1\r\n\(Self.host)Content-Type: text/csv\r\n"
            for request in [
                head + "Content-Length: 100\r\n\r\nname,age", head + "Transfer-Encoding: chunked\r\n\r\n4\r\nname\r\n",
            ] {
                try await RawClient.holding(listener.port, [request], count: 1) {
                    try await until { !listener.spooledFiles.isEmpty }
                }
                try await until { listener.spooledFiles.isEmpty }
            }
            #expect(service.state.withLock { $0.started.isEmpty })
        }
    }

    @Test("a header that dribbles is answered 408")
    func slowHeader() async throws {
        try await TestListener.with(limits: .quick) { listener async throws in
            let answer = try await RawClient.exchange(
                listener.port, "GET /health HTTP/1.1\r\nX: abcdefghijklmnopqrstuvw".map(String.init),
                pause: .milliseconds(25))
            #expect(Self.status(answer) == 408)
        }
    }

    @Test("a body that dribbles is answered 408, and one that keeps the rate is not")
    func slowBody() async throws {
        var limits = ListenerLimits.quick
        limits.bodyRate = 100
        try await TestListener.with(limits: limits) { listener async throws in
            let head =
                "POST /send_record HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nConnection: close\r\n"
            let slow = try await RawClient.exchange(
                listener.port, [head + "Content-Length: 500\r\n\r\n"] + Array(repeating: "x", count: 40),
                pause: .milliseconds(25))
            #expect(Self.status(slow) == 408)
            let body = PythonBehaviorTests.valid + String(repeating: " ", count: 2000)
            let pieces = stride(from: 0, to: body.count, by: 40).map { String(body.dropFirst($0).prefix(40)) }
            let steady = [head + "Content-Length: \(body.utf8.count)\r\n\r\n"] + pieces
            #expect(Self.status(try await RawClient.exchange(listener.port, steady, pause: .milliseconds(40))) == 202)
        }
    }

    @Test("an idle connection is closed without a word")
    func idle() async throws {
        var limits = ListenerLimits.quick
        limits.idleTimeout = .seconds(1)
        try await TestListener.with(limits: limits) { listener async throws in
            #expect(try await RawClient.exchange(listener.port, []).isEmpty)
            let answer = try await RawClient.exchange(listener.port, ["GET /health HTTP/1.1\r\n\(Self.host)\r\n"])
            #expect(Self.status(answer) == 200)
            #expect(!answer.contains("408"))
        }
    }

    @Test("a client that does not read its answers loses its connection")
    func unread() async throws {
        var limits = ListenerLimits.quick
        limits.answerTimeout = .milliseconds(300)
        limits.idleTimeout = .seconds(30)
        try await TestListener.with(limits: limits) { listener async throws in
            // Some 40 MB, more than the system keeps for a connection.
            let requests = String(repeating: "GET /openapi.json HTTP/1.1\r\n\(Self.host)\r\n", count: 1000)
            try await RawClient.holding(listener.port, [requests], count: 4) {
                try await until { !listener.listener.snapshot().requests.isEmpty }
                try await until { listener.listener.snapshot().openConnections == 0 }
            }
            #expect(try await listener.request("GET", "/health").status == 200)
        }
    }

    @Test("bodies that are too large are answered 413 and the connection is closed")
    func sizes() async throws {
        var limits = ListenerLimits.quick
        limits.uploadBytes = 10_000
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: limits) { listener async throws in
            let large = try await listener.submit(String(repeating: " ", count: 65_537))
            #expect(large.status == 413)
            #expect(large.headers["connection"] == "close")
            let rows = String(repeating: "Kate Valid,25,abc,28\n", count: 3000)
            #expect(try await listener.upload(rows).status == 413)
            // Without a length the size shows on the way.
            let chunk = "1000\r\n" + String(repeating: "x", count: 0x1000) + "\r\n"
            let chunked = try await RawClient.exchange(
                listener.port,
                [
                    "POST /send_record/bulk HTTP/1.1\r\n\(Self.host)Content-Type: text/csv\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                ] + Array(repeating: chunk, count: 100))
            #expect(Self.status(chunked) == 413)
            #expect(listener.spooledFiles.isEmpty)
            #expect(service.state.withLock { $0.started.isEmpty })
            #expect(try await listener.upload(String(repeating: "Kate Valid,25,abc,28\n", count: 400)).status == 202)
        }
    }

    @Test("a client that asks first is told to continue, or refused before it sends")
    func expectation() async throws {
        try await TestListener.with { listener async throws in
            let head =
                "POST /send_record HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\n"
                + "Expect: 100-continue\r\nConnection: close\r\n"
            let body = PythonBehaviorTests.valid
            let answer = try await RawClient.exchange(
                listener.port, [head + "Content-Length: \(body.utf8.count)\r\n\r\n", body], pause: .milliseconds(50))
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 "))
            let refused = try await RawClient.exchange(listener.port, [head + "Content-Length: 10000000000\r\n\r\n"])
            #expect(Self.status(refused) == 413)
        }
    }

    @Test("slow clients by the hundred leave a quick one its answer")
    func slowloris() async throws {
        var limits = ListenerLimits.quick
        limits.headerTimeout = .seconds(30)
        limits.bodyWindow = .seconds(30)
        limits.places = 16
        limits.openConnections = 64
        limits.openConnectionsPerClient = 48
        limits.connectionGrace = .zero
        try await TestListener.with(limits: limits) { listener async throws in
            let header = "POST /send_record HTTP/1.1\r\n\(Self.host)X: "
            let body =
                "POST /send_record HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
            try await RawClient.holding(listener.port, [header, body], count: 300) {
                // All but those that may stay have been turned away: from now on nothing newer pushes the quick one out.
                // One whose first bytes had not been read when it had to go counts as idle.
                try await until {
                    let totals = listener.listener.statistics.read()
                    let turnedAway = totals.gaveWay + totals.requests.values.reduce(0, +)
                    return turnedAway >= 300 - limits.openConnectionsPerClient
                }
                for _ in 0..<20 {
                    let start = ContinuousClock.now
                    let reply = try await listener.submit(PythonBehaviorTests.valid)
                    #expect(reply.status == 202)
                    // The slow ones would hold it for half a minute.
                    #expect(ContinuousClock.now - start < .seconds(5))
                }
            }
        }
    }

    @Test("Transfer-Encoding is chunked or nothing")
    func transferCodings() async throws {
        try await TestListener.with { listener async throws in
            let head = "POST /send_record HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\n"
            let answer = try await RawClient.exchange(
                listener.port, [head + "Transfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"])
            #expect(Self.status(answer) == 501)
            let alone = try await RawClient.exchange(listener.port, [head + "Transfer-Encoding: gzip\r\n\r\nx"])
            #expect([400, 501].contains(Self.status(alone)))
        }
    }
}
