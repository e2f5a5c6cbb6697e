public import DeliveryModel
import Foundation

/// Where the ads API is.
public struct APIEndpoint: Hashable, Sendable {
    /// Host and port, for people: `ads.example.com`, `127.0.0.1:9900`.
    public let host: String
    private let base: String
    /// The address in its normal form, by which two of them are compared.
    public let address: String

    /// - Parameters:
    ///   - url: may end in `/` and may have a path prefix.
    ///   - allowsInsecureHTTP: whether `http` may go to other hosts than this one.
    /// - Throws: `DeliveryError` of code `configuration`: what is wrong with the address and what is expected.
    public init(_ url: String, allowsInsecureHTTP: Bool = false) throws(DeliveryError) {
        func wrong(_ what: String) -> DeliveryError {
            DeliveryError(.configuration, "The API's address \(what). It looks like https://ads.example.com/v1.")
        }
        let url = url.trimmingCharacters(in: .whitespaces)
        guard let parts = URLComponents(string: url, encodingInvalidCharacters: false),
            let scheme = parts.scheme?.lowercased()
        else { throw wrong("is not a URL") }
        guard scheme == "https" || scheme == "http" else { throw wrong("begins with \(scheme): instead of https:") }
        guard let name = parts.encodedHost?.lowercased(), !name.isEmpty else { throw wrong("names no host") }
        guard parts.user == nil, parts.password == nil else { throw wrong("holds a user name or password") }
        guard parts.query == nil, parts.fragment == nil else { throw wrong("holds a query or fragment") }
        guard parts.port.map({ (1...65535).contains($0) }) ?? true else { throw wrong("has an impossible port") }
        if scheme == "http", !allowsInsecureHTTP, !Self.isLoopback(name) {
            throw DeliveryError(
                .configuration, "The API's address is not encrypted: use https, or allow it with --insecure-http.")
        }
        host = parts.port.map { "\(name):\($0)" } ?? name
        var path = parts.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        base = "\(scheme)://\(host)\(path)"
        let isDefault = parts.port == nil || parts.port == (scheme == "https" ? 443 : 80)
        address = isDefault ? "\(scheme)://\(name)\(path)" : base
    }

    func address(of path: String) -> String { base + path }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let bytes = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return bytes.count == 4 && bytes.first == 127 && !bytes.contains(nil)
    }
}
