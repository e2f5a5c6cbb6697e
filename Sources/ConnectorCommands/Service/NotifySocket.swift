import Foundation
import SystemPackage

/// The socket through which a supervisor is told how the service stands (`sd_notify`).
///
/// The protocol is a datagram of lines such as `READY=1`; nothing is answered.
struct NotifySocket: Sendable {
    enum Message: Hashable, Sendable {
        case ready
        /// Settings are read again; `ready` says when they are.
        case reloading(monotonicMicroseconds: UInt64)
        case stopping
        case watchdog
        case status(String)

        var text: String {
            switch self {
            case .ready: "READY=1"
            case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
            case .stopping: "STOPPING=1"
            case .watchdog: "WATCHDOG=1"
            case .status(let status): "STATUS=" + status.replacingOccurrences(of: "\n", with: " ")
            }
        }
    }

    private let address: [UInt8]

    /// - Parameter name: the value of `NOTIFY_SOCKET`: an absolute path, or an abstract name that begins with `@`.
    /// - Returns: `nil` when it is neither, or too long.
    init?(_ name: String) {
        var bytes = Array(name.utf8)
        switch bytes.first {
        case UInt8(ascii: "/"): bytes.append(0)
        case UInt8(ascii: "@"): bytes[0] = 0
        default: return nil
        }
        guard bytes.count > 1, bytes.count <= MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        address = bytes
    }

    /// - Throws: `Errno` when nobody listens there.
    func send(_ messages: [Message]) throws {
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
        // An abstract name ends where the address does; a NUL more would be another name.
        let length = socklen_t(MemoryLayout<sa_family_t>.size + address.count)
        let text = Array(messages.map(\.text).joined(separator: "\n").utf8)
        let count = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, CInt(MSG_NOSIGNAL), $0, length)
            }
        }
        guard count == text.count else { throw Errno(rawValue: errno) }
    }
}
