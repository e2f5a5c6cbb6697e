import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import SystemPackage
import TestSupport

/// The program while it listens for submissions.
struct ListeningProgram: Sendable {
    struct Reply: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: String

        private var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
        }
        var location: String? { headers.first(name: "location") }
        func count(_ name: String) -> Int? { json[name] as? Int }
        func text(_ name: String) -> String? { json[name] as? String }
        func flag(_ name: String) -> Bool? { json[name] as? Bool }
        func list(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }
    }

    static let async = ["Prefer": "respond-async"]

    let process: Program.Process
    let port: Int

    func get(_ path: String) async throws -> Reply { try await request(.GET, path) }

    func submit(_ cookie: String, _ headers: [String: String] = [:]) async throws -> Reply {
        try await request(
            .POST, "/send_record", headers.merging(["Content-Type": "application/json"]) { first, _ in first },
            #"{"name": "Jane Doe", "age": 30, "cookie": "\#(cookie)", "banner_id": 1}"#)
    }

    func upload(_ csv: String, _ headers: [String: String] = [:]) async throws -> Reply {
        try await request(
            .POST, "/send_record/bulk", headers.merging(["Content-Type": "text/csv"]) { first, _ in first }, csv)
    }

    /// Waits until all runs of the state directory are done.
    /// - Returns: the newest 500 of them.
    func untilDone() async throws -> [[String: Any]] {
        var runs: [[String: Any]] = []
        try await until {
            runs = try await get("/runs?limit=500").list("runs")
            return runs.allSatisfy { $0["state"] as? String == "done" }
        }
        return runs
    }

    private func request(
        _ method: HTTPMethod, _ path: String, _ headers: [String: String] = [:], _ body: String? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        // The process may be killed between two requests, and a connection with it.
        request.headers.add(name: "Connection", value: "close")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Reply(
            status: Int(response.status.code), headers: response.headers, body: String(buffer: bytes))
    }
}

extension Program {
    /// Runs the program as a service.
    /// - Parameter during: what happens to it once it answers; canceled when the process has ended.
    func listen(
        _ arguments: [String] = [], on port: Int,
        _ during: @escaping @Sendable (ListeningProgram) async throws -> Void
    ) async throws -> Ending {
        try await run(["--headless", "--listen", String(port)] + arguments) { process in
            let program = ListeningProgram(process: process, port: port)
            try await until { (try? await program.get("/health").status) == 200 }
            try await during(program)
        }
    }

    /// A port of the loopback that nobody listens on, out of those that the system gives to nobody by itself.
    static func freePort() -> Int {
        while true {
            let port = Int.random(in: 12_000..<32_000)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
            let isFree = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isFree { return port }
        }
    }
}
