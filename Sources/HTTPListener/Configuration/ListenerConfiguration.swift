public import CustomerRecords
public import DeliveryModel
import NIOCore

/// Where the listener listens, whom it lets in and what it takes.
public struct ListenerConfiguration: Sendable {
    public let host: String
    /// 0 lets the system choose one.
    public let port: Int
    /// What clients may send as `Authorization: Bearer`; none leaves the listener open.
    public let tokens: [ListenerToken]
    /// Host names, without ports, that clients may use beside the address itself and loopback's names.
    public let hostNames: [String]
    /// Whose word counts for who the client is and how it reached us.
    public let proxies: ProxyPolicy
    /// `nil` speaks plain HTTP.
    public let tls: ServerCertificateFiles?
    /// Where uploads are kept until they are delivered.
    public let spoolDirectory: String
    /// Holds a directory for each run, with its rejected records.
    public let runsDirectory: String
    /// Whether fields and parameters that are not known are ignored; one that is nearly known is refused in any case.
    public let ignoresUnknownFields: Bool
    public let limits: ListenerLimits
    /// The path of a socket in the file system, in the place of host and port: for operators of this machine.
    public let socket: String?
    /// How submissions are read that do not say otherwise. Asked for with each, since settings change while it runs.
    public let defaults: @Sendable () -> ReaderOptions
    /// Throws while the disk has no room for what arrives.
    public var checkRoom: @Sendable () throws -> Void = {}

    /// - Parameter isInsecure: listen without a token although other machines can reach the address.
    /// - Throws: `DeliveryError` with `configuration` when others could reach the listener without a token.
    public init(
        host: String = "127.0.0.1", port: Int = 5000, tokens: [ListenerToken] = [], isInsecure: Bool = false,
        hostNames: [String] = [], proxies: [String] = [], tls: ServerCertificateFiles? = nil, spoolDirectory: String,
        runsDirectory: String, ignoresUnknownFields: Bool = false, limits: ListenerLimits = ListenerLimits(),
        defaults: @escaping @Sendable () -> ReaderOptions = { ReaderOptions() }
    ) throws(DeliveryError) {
        guard (0...65535).contains(port) else {
            throw DeliveryError(.configuration, "Port \(port) is not between 0 and 65535.")
        }
        guard !tokens.isEmpty || Self.isLoopback(host) || isInsecure else {
            throw DeliveryError(
                .configuration,
                "Other machines can reach \(host): set LISTEN_TOKEN (at least \(ListenerToken.minimumLength) characters) "
                    + "or LISTEN_INSECURE=1."
            )
        }
        var scopes: [String: ListenerToken.Scope] = [:]
        for token in tokens {
            guard let name = token.name else { continue }
            guard scopes.updateValue(token.scope, forKey: name) ?? token.scope == token.scope else {
                throw DeliveryError(.configuration, "The tokens named \(name) have different scopes.")
            }
        }
        self.host = host
        self.port = port
        self.tokens = tokens
        self.hostNames = hostNames
        self.proxies = try ProxyPolicy(proxies)
        self.tls = tls
        self.spoolDirectory = spoolDirectory
        self.runsDirectory = runsDirectory
        self.ignoresUnknownFields = ignoresUnknownFields
        self.limits = limits
        self.defaults = defaults
        socket = nil
    }

    /// A control socket, which only the user of this process and root may use.
    public init(
        socket: String, spoolDirectory: String, runsDirectory: String,
        defaults: @escaping @Sendable () -> ReaderOptions
    ) {
        host = "localhost"
        port = 0
        tokens = []
        hostNames = []
        proxies = .none
        tls = nil
        self.spoolDirectory = spoolDirectory
        self.runsDirectory = runsDirectory
        ignoresUnknownFields = false
        limits = ListenerLimits()
        self.socket = socket
        self.defaults = defaults
    }

    /// Whether only this machine can reach the address.
    static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "localhost."].contains(host.lowercased()) { return true }
        guard let address = try? SocketAddress(ipAddress: host, port: 0) else { return false }
        switch address {
        case .v4: return host.hasPrefix("127.")
        case .v6: return address.ipAddress == "::1"
        case .unixDomainSocket: return false
        }
    }

    var isLoopback: Bool { Self.isLoopback(host) }

    /// The authorization in human-readable words.
    var authorizationText: String {
        if !tokens.isEmpty { return tokens.count == 1 ? "bearer token" : "\(tokens.count) bearer tokens" }
        return isLoopback ? "open (loopback only)" : "open to the network (insecure)"
    }

    /// `http://host:port`, with an IPv6 address in brackets.
    func address(port: Int) -> String {
        let scheme = tls == nil ? "http" : "https"
        return host.contains(":") ? "\(scheme)://[\(host)]:\(port)" : "\(scheme)://\(host):\(port)"
    }
}
