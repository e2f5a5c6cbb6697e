public import DeliveryModel
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What named proxies say of the clients behind them. What others say in these fields counts for nothing.
public struct ProxyPolicy: Sendable {
    private struct Network: Hashable {
        var address: [UInt8]
        var bits: Int

        func contains(_ other: [UInt8]) -> Bool {
            guard other.count == address.count else { return false }
            for index in address.indices {
                let taken = min(8, max(0, bits - index * 8))
                let mask = UInt8(truncatingIfNeeded: 0xff00 >> taken)
                if (address[index] ^ other[index]) & mask != 0 { return false }
            }
            return true
        }
    }

    /// Nobody's word counts.
    static let none = ProxyPolicy(networks: [])

    private let networks: [Network]

    private init(networks: [Network]) { self.networks = networks }

    /// - Parameter proxies: addresses, or networks such as `10.0.0.0/8`.
    /// - Throws: `DeliveryError` with `configuration` that names what is neither.
    public init(_ proxies: [String] = []) throws(DeliveryError) {
        var networks: [Network] = []
        for proxy in proxies {
            let parts = proxy.split(separator: "/", maxSplits: 1)
            guard let first = parts.first, let address = Self.bytes(String(first)),
                let bits = parts.count == 2 ? Int(parts[1]) : address.count * 8, (0...address.count * 8).contains(bits)
            else {
                throw DeliveryError(
                    .configuration, "Proxy \(proxy) is not an IP address or network, such as 10.0.0.5 or 10.0.0.0/8.")
            }
            networks.append(Network(address: address, bits: bits))
        }
        self.networks = networks
    }

    func isNamed(_ client: String) -> Bool {
        guard !networks.isEmpty, let address = Self.bytes(client) else { return false }
        return networks.contains { $0.contains(address) }
    }

    struct Forwarded: Hashable {
        var client: String?
        var host: String?
        /// Begins with a slash and does not end in one; empty without a prefix.
        var prefix = ""
    }

    /// What a named proxy says; nothing when the peer is none.
    func forwarded(_ headers: HTTPHeaders, peer: String) -> Forwarded {
        guard isNamed(peer) else { return Forwarded() }
        var result = Forwarded()
        // The last one that is not a proxy of ours; those before it are what the client claims.
        let clients = headers["x-forwarded-for"].flatMap { $0.split(separator: ",") }.map { $0[...].trimmingSpaces }
        result.client = clients.last { Self.bytes(String($0)) != nil && !isNamed(String($0)) }.map(String.init)
        result.host = headers.first(name: "x-forwarded-host").map {
            String($0.prefix { $0 != "," }[...].trimmingSpaces)
        }
        if let prefix = headers.first(name: "x-forwarded-prefix"), Self.isProper(prefix: prefix) {
            result.prefix = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
        }
        return result
    }

    private static func isProper(prefix: String) -> Bool {
        prefix.hasPrefix("/") && !prefix.hasPrefix("//") && prefix.utf8.count <= 256
            && prefix.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                default: "/-._~%".utf8.contains(byte)
                }
            }
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        // An IPv4 client of a socket for both kinds.
        let isMapped = sixteen.prefix(10).allSatisfy { $0 == 0 } && sixteen[10] == 0xff && sixteen[11] == 0xff
        return isMapped ? Array(sixteen[12...]) : sixteen
    }
}
