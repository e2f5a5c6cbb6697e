/// One entry of `NO_PROXY`.
struct ProxyException: Hashable, Sendable {
    private enum Pattern: Hashable {
        case everything
        /// A domain and what lies below it.
        case domain(String)
        /// Addresses whose first bits are these.
        case network([UInt8], bits: Int)
    }

    private let pattern: Pattern
    private let port: Int?

    /// Reads `*`, `example.com`, `.example.com`, `*.example.com`, `10.0.0.0/8`, `[::1]`, each but the first also with
    /// `:port`.
    init(_ text: String) {
        let text = text.lowercased()
        if text == "*" {
            pattern = .everything
            port = nil
            return
        }
        if let slash = text.lastIndex(of: "/"), let address = HostName.address(String(text[..<slash])),
            let bits = Int(text[text.index(after: slash)...]), (0...address.count * 8).contains(bits)
        {
            pattern = .network(address, bits: bits)
            port = nil
            return
        }
        let (name, port) = Self.split(text)
        self.port = port
        if let address = HostName.address(name) {
            pattern = .network(address, bits: address.count * 8)
        } else {
            pattern = .domain(String(name.drop { $0 == "*" || $0 == "." }))
        }
    }

    /// - Parameter host: in lower case.
    func matches(_ host: String, port: Int) -> Bool {
        if let expected = self.port, expected != port { return false }
        switch pattern {
        case .everything:
            return true
        case .domain(let domain):
            let host = host.hasSuffix(".") ? String(host.dropLast()) : host
            return !domain.isEmpty && (host == domain || host.hasSuffix(".\(domain)"))
        case .network(let network, let bits):
            guard let address = HostName.address(host), address.count == network.count else { return false }
            return (0..<bits).allSatisfy { bit in
                let mask: UInt8 = 0x80 >> UInt8(bit % 8)
                return address[bit / 8] & mask == network[bit / 8] & mask
            }
        }
    }

    private static func split(_ text: String) -> (name: String, port: Int?) {
        // An IPv6 address without brackets has no port.
        guard HostName.address(text) == nil, let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...])
        else { return (text, nil) }
        return (String(text[..<colon]), port)
    }
}
