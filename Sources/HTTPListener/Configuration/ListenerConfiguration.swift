public import DeliveryModel
import NIOCore

/// Where the listener listens, whom it lets in and what it takes.
public struct ListenerConfiguration: Sendable {
    public static let leastTokenLength = 16

    public let host: String
    /// 0 lets the system choose one.
    public let port: Int
    /// What clients send as `Authorization: Bearer`; `nil` leaves the listener open.
    public let token: String?
    /// Host names, without ports, that clients may use beside the address itself and loopback's names.
    public let hostNames: [String]
    /// Where uploads are kept until they are delivered.
    public let spoolDirectory: String
    public let limits: ListenerLimits
    public let defaults: @Sendable () -> SubmissionDefaults

    /// - Parameter isInsecure: listen without a token although other machines can reach the address.
    /// - Throws: `DeliveryError` with `configuration` when others could reach the listener without a token, or when the
    ///   token is too short.
    public init(
        host: String = "127.0.0.1", port: Int = 5000, token: String? = nil, isInsecure: Bool = false,
        hostNames: [String] = [], spoolDirectory: String, limits: ListenerLimits = ListenerLimits(),
        defaults: @escaping @Sendable () -> SubmissionDefaults = { SubmissionDefaults() }
    ) throws(DeliveryError) {
        guard (0...65535).contains(port) else {
            throw DeliveryError(.configuration, "Port \(port) is not between 0 and 65535.")
        }
        if let token {
            guard token.utf8.count >= Self.leastTokenLength, token.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
            else {
                throw DeliveryError(
                    .configuration,
                    "The listener's token needs at least \(Self.leastTokenLength) printable ASCII characters without spaces."
                )
            }
        } else if !Self.isLoopback(host), !isInsecure {
            throw DeliveryError(
                .configuration,
                "Other machines can reach \(host): set LISTEN_TOKEN (at least \(Self.leastTokenLength) characters) "
                    + "or LISTEN_INSECURE=1."
            )
        }
        self.host = host
        self.port = port
        self.token = token
        self.hostNames = hostNames
        self.spoolDirectory = spoolDirectory
        self.limits = limits
        self.defaults = defaults
    }

    /// Whether only this machine can reach the address.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        guard let address = try? SocketAddress(ipAddress: host, port: 0) else { return false }
        switch address {
        case .v4: return host.hasPrefix("127.")
        case .v6: return address.ipAddress == "::1"
        case .unixDomainSocket: return false
        }
    }

    var isLoopback: Bool { Self.isLoopback(host) }

    /// The authorization in words, for people.
    var authorizationText: String {
        if token != nil { return "bearer token" }
        return isLoopback ? "open (loopback only)" : "open to the network (insecure)"
    }

    /// `http://host:port`, with an IPv6 address in brackets.
    func address(port: Int) -> String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}
