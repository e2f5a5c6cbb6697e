import Foundation
import SystemPackage

/// Asks a service for `/health`.
enum HealthProbe {
    enum Address: Hashable, Sendable {
        case socket(String)
        case port(host: String, port: Int)
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter timeout: of each step, in seconds.
    static func ask(_ address: Address, timeout: Int = 3) -> Result<Void, Fault> {
        let descriptor: CInt
        switch connect(address, timeout) {
        case .success(let connected): descriptor = connected
        case .failure(let fault): return .failure(fault)
        }
        defer { close(descriptor) }
        let request = Array("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, CInt(MSG_NOSIGNAL)) == request.count else {
            return .failure(Fault(description: "\(Errno(rawValue: errno))"))
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256)
        while !answer.contains(UInt8(ascii: "\n")) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                return .failure(
                    Fault(description: count == 0 ? "it closed the connection" : "no response within \(timeout) s"))
            }
            answer += buffer[..<count]
        }
        let line = String(decoding: answer.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        guard line.hasPrefix("HTTP/1.1 200") else { return .failure(Fault(description: "it answered “\(line)”")) }
        return .success(())
    }

    private static func connect(_ address: Address, _ timeout: Int) -> Result<CInt, Fault> {
        switch address {
        case .socket(let path):
            var name = sockaddr_un()
            let bytes = Array(path.utf8) + [0]
            guard bytes.count <= MemoryLayout.size(ofValue: name.sun_path) else {
                return .failure(Fault(description: "the path of its socket is too long"))
            }
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
            return withUnsafePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size), timeout)
                }
            }
        case .port(let host, let port):
            // What listens on every address answers on the loopback, too.
            let host = ["0.0.0.0", "::", ""].contains(host) ? (host == "::" ? "::1" : "127.0.0.1") : host
            var hints = addrinfo()
            hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
            var found: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(host, String(port), &hints, &found) == 0, let first = found else {
                return .failure(Fault(description: "\(host) is not known"))
            }
            defer { freeaddrinfo(found) }
            return connect(first.pointee.ai_family, first.pointee.ai_addr, first.pointee.ai_addrlen, timeout)
        }
    }

    private static func connect(
        _ family: CInt, _ address: UnsafePointer<sockaddr>, _ length: socklen_t, _ timeout: Int
    ) -> Result<CInt, Fault> {
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .failure(Fault(description: "\(Errno(rawValue: errno))")) }
        // It holds for connecting, too.
        // A `timeval`: seconds and microseconds.
        var time = (seconds: timeout, microseconds: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout.size(ofValue: time)))
        }
        guard Foundation.connect(descriptor, address, length) == 0 else {
            let fault = Fault(description: "\(Errno(rawValue: errno))")
            close(descriptor)
            return .failure(fault)
        }
        return .success(descriptor)
    }
}
