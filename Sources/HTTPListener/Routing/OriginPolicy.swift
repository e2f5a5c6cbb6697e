import NIOCore
import NIOHTTP1

/// Keeps web pages of others out: a browser on this machine must not be talked into submitting records.
///
/// A page whose name was made to point at this address (DNS rebinding) sends its own name as `Host`, and names that are
/// not ours are refused. A page that posts a form across sites sends its `Origin`, which must be ours, too. A proxy that
/// puts its own name in the place of `Host` is no obstacle: browsers say in `Sec-Fetch-Site` whether page and target
/// belong together, and other hosts that we are known by can be named.
struct OriginPolicy: Sendable {
    private let names: Set<String>
    /// Those that were named, beside the address itself.
    private let named: Set<String>
    private let isLoopback: Bool

    init(_ configuration: ListenerConfiguration) {
        named = Set(configuration.hostNames.map(Self.canonical))
        names = named.union([Self.canonical(configuration.host), "localhost"])
        isLoopback = configuration.isLoopback
    }

    /// - Throws: `Refusal` with 400 or 421 when the request was meant for somebody else.
    func checkHost(_ head: HTTPRequestHead, target: RequestTarget?) throws(Refusal) {
        var hosts = 0
        for (name, value) in head.headers where name.utf8.count == 4 && name.lowercased() == "host" {
            hosts += 1
            try check(authority: value[...])
        }
        // Only HTTP/1.0 knows requests without a host, and no browser speaks it.
        guard hosts == 1 || (hosts == 0 && head.version == .http1_0) else {
            throw Refusal(.badRequest, "The request needs one Host field.")
        }
        if let authority = target?.authority { try check(authority: authority) }
    }

    private func check(authority: Substring) throws(Refusal) {
        guard let host = Self.host(ofAuthority: authority) else {
            throw Refusal(.badRequest, "The Host field is not valid.")
        }
        guard isOurs(host) else {
            throw Refusal(.misdirectedRequest, "This service doesn't serve that host name.")
        }
    }

    /// An address can't be rebound, and a name without a dot belongs to the local network, as containers' names do.
    private func isOurs(_ host: String) -> Bool {
        if names.contains(host) { return true }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        if isLoopback { return names.contains(bare) || ListenerConfiguration.isLoopback(bare) }
        return names.contains(bare) || (try? SocketAddress(ipAddress: bare, port: 0)) != nil
            || (!host.contains(".") && !host.contains(":"))
    }

    /// - Parameter forwardedHost: the host that a named proxy says the client asked for.
    /// - Throws: `Refusal` with 403 when a page of another site sent the request.
    func checkOrigin(_ head: HTTPRequestHead, forwardedHost: String?) throws(Refusal) {
        let headers = head.headers
        let site = headers.first(name: "sec-fetch-site")
        let isAccepted: Bool
        switch headers["origin"].count {
        case 0: isAccepted = site == nil || site == "same-origin" || site == "none"
        case 1: isAccepted = accepts(headers["origin"][0], site: site, host: headers.first(name: "host"), forwardedHost)
        default: isAccepted = false
        }
        guard isAccepted else { throw Refusal(.forbidden, "Requests from other sites are not accepted.") }
    }

    private func accepts(_ origin: String, site: String?, host: String?, _ forwardedHost: String?) -> Bool {
        if let site, site != "same-origin", site != "none" { return false }
        guard let scheme = ["http://", "https://"].first(where: { origin.lowercased().hasPrefix($0) }) else {
            return false
        }
        let authority = origin.dropFirst(scheme.count)
        guard let name = Self.host(ofAuthority: authority) else { return false }
        let same = [host, forwardedHost].contains { $0?.lowercased() == authority.lowercased() }
        if same || named.contains(name) { return true }
        // The proxy between has put its own name in the place of the host.
        return site == "same-origin" && isOurs(name)
    }

    /// The host in lower case, an IPv6 address in brackets; `nil` when it is not a host with at most a port.
    static func host(ofAuthority authority: Substring) -> String? {
        var host = authority
        var port: Substring = ""
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
            port = authority[end...].dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[colon...]
        }
        guard port.isEmpty || (port.hasPrefix(":") && port.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) })
        else { return nil }
        let isProper = host.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"): authority.hasPrefix("[")
            default: false
            }
        }
        return host.isEmpty || !isProper ? nil : canonical(String(host))
    }

    /// In lower case, without the dot that ends a fully qualified name.
    private static func canonical(_ host: String) -> String {
        let host = host.lowercased()
        return host.hasSuffix(".") && host.count > 1 ? String(host.dropLast()) : host
    }
}
