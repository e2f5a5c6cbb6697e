import AsyncHTTPClient
import CustomerRecords
import DeliveryModel
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

@testable import HTTPListener

/// A listener on a port of its own, with a client beside it.
struct TestListener {
    struct Reply {
        var status: Int
        var headers: [String: String]
        var body: String

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
        }
        var message: String? { json["message"] as? String }
        var run: Int? { json["run"] as? Int }
    }

    let listener: ListenerServer
    let port: Int
    let spool: String

    /// Runs the test while a listener listens.
    static func with(
        _ service: FakeDeliveryService = FakeDeliveryService(), tokens: [String] = [], limits: ListenerLimits = .prompt,
        readiness: any ReadinessProbe = FakeReadiness(),
        totals: DeliveryTotals = DeliveryTotals(), defaults: ReaderOptions = ReaderOptions(),
        proxies: [String] = [], ignoresUnknownFields: Bool = false, tls: ServerCertificateFiles? = nil,
        _ test: (TestListener) async throws -> Void
    ) async throws {
        let spool = NSTemporaryDirectory() + "listener-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: spool) }
        let listener = ListenerServer(
            configuration: try ListenerConfiguration(
                port: 0, tokens: tokens.compactMap { ListenerToken($0) }, proxies: proxies, tls: tls,
                spoolDirectory: spool, runsDirectory: spool + "/runs", ignoresUnknownFields: ignoresUnknownFields,
                limits: limits, defaults: { defaults }),
            service: service, idempotency: service.keys, readiness: readiness, totals: FixedTotals(value: totals),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await listener.start()
        do {
            try await test(TestListener(listener: listener, port: listener.port ?? 0, spool: spool))
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil, bytes: [UInt8]? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let bytes { request.body = .bytes(ByteBuffer(bytes: bytes)) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 4 << 20)
        return Reply(
            status: Int(response.status.code),
            headers: Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { "\($0)\n\($1)" }),
            body: String(buffer: bytes))
    }

    func submit(_ json: String, headers: [(String, String)] = []) async throws -> Reply {
        try await request(
            "POST", "/send_record", headers: [("Content-Type", "application/json")] + headers, body: json)
    }

    /// A form as browsers and Python's clients send it.
    func upload(
        _ text: String, name: String? = "t.csv", field: String = "file", fields: [(String, String)] = [],
        query: String = "", boundary: String = "----boundary42", headers: [(String, String)] = []
    ) async throws -> Reply {
        var body = ""
        if let name {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"\(name)\"\r\n"
            body += "Content-Type: text/csv\r\n\r\n\(text)\r\n"
        }
        for (key, value) in fields {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(key)\"\r\n\r\n\(value)\r\n"
        }
        body += "--\(boundary)--\r\n"
        return try await request(
            "POST", "/send_record/bulk" + query,
            headers: [("Content-Type", "multipart/form-data; boundary=\(boundary)")] + headers, body: body)
    }

    var spooledFiles: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? []).filter { $0 != "runs" }
    }
}

struct FixedTotals: DeliveryTotalsSource {
    let value: DeliveryTotals
    func totals() async -> DeliveryTotals { value }
}

extension ListenerLimits {
    /// The real limits with times that tests can wait for.
    static var quick: ListenerLimits {
        var limits = ListenerLimits()
        limits.headerTimeout = .milliseconds(1500)
        limits.idleTimeout = .seconds(4)
        limits.bodyWindow = .milliseconds(1500)
        limits.outcomeWait = .seconds(5)
        limits.queueTime = .milliseconds(500)
        limits.lingerTimeout = .milliseconds(500)
        limits.shutdownGrace = .seconds(20)
        return limits
    }

    /// Waits for requests however busy the machine is, and for outcomes not long.
    static var prompt: ListenerLimits {
        var limits = patient
        limits.outcomeWait = quick.outcomeWait
        return limits
    }

    /// Waits however busy the machine is.
    static var patient: ListenerLimits {
        var limits = quick
        limits.outcomeWait = .seconds(50)
        limits.headerTimeout = .seconds(60)
        limits.idleTimeout = .seconds(60)
        limits.bodyWindow = .seconds(60)
        limits.queueTime = .seconds(60)
        return limits
    }
}

/// A client that sends bytes as they are.
struct RawClient {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func connect(to port: Int) async throws -> RawClient {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return RawClient(channel: channel)
    }

    /// Sends the pieces one by one and returns everything that comes back until the other side hangs up.
    /// - Parameter condition: what every piece but the first waits for.
    static func exchange(
        _ port: Int, _ pieces: [String], pause: Duration = .zero, when condition: () async throws -> Void = {}
    ) async throws -> String {
        let client = try await connect(to: port)
        return try await client.channel.executeThenClose { inbound, outbound in
            for (index, piece) in pieces.enumerated() {
                if index > 0 { try await condition() }
                // What is refused early may be cut off while we write.
                guard (try? await outbound.write(ByteBuffer(string: piece))) != nil else { break }
                // How slow the client is: the server measures the time itself, so nothing could be waited for.
                if pause > .zero { try await Task.sleep(for: pause) }
            }
            var answer = ByteBuffer()
            do {
                for try await bytes in inbound { answer.writeImmutableBuffer(bytes) }
            } catch {
                // A reset ends the answer as well.
            }
            return String(buffer: answer)
        }
    }

    /// Sends a beginning and keeps the connection until the test is over.
    static func holding(_ port: Int, _ pieces: [String], count: Int, _ test: () async throws -> Void) async throws {
        var clients: [RawClient] = []
        for index in 0..<count {
            let client = try await connect(to: port)
            // One too many may be closed already.
            try? await client.channel.channel.writeAndFlush(ByteBuffer(string: pieces[index % pieces.count]))
            clients.append(client)
        }
        let result: Result<Void, any Error>
        do {
            try await test()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for client in clients { try? await client.channel.channel.close() }
        try result.get()
    }
}
