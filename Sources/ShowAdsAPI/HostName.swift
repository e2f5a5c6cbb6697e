import Glibc
import NIOCore

/// Hosts as they stand in URLs.
enum HostName {
    /// Whether it is this machine; names are not resolved.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "localhost." { return true }
        guard let bytes = address(host) else { return false }
        return bytes.count == 4 ? bytes.first == 127 : bytes == address("[::1]")
    }

    /// One spelling for each host: addresses as the system writes them, names without the dot at their end.
    static func normalized(_ host: String) -> String {
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        if let address = try? SocketAddress(ipAddress: bare, port: 0), let text = address.ipAddress {
            return host.hasPrefix("[") ? "[\(text)]" : text
        }
        return host.hasSuffix(".") ? String(host.dropLast()) : host
    }

    /// The bytes of an IP address, 4 or 16; `nil` for a name.
    static func address(_ host: String) -> [UInt8]? {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        switch try? SocketAddress(ipAddress: bare, port: 0) {
        case .v4(let v4): return withUnsafeBytes(of: v4.address.sin_addr.s_addr) { Array($0) }
        case .v6(let v6): return withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
        default: return nil
        }
    }
}
