public import DeliveryModel
import Foundation

/// Where the ShowAds API is.
public struct APIEndpoint: Hashable, Sendable {
    /// Host and port as they were given, for messages: `ads.example.com`, `127.0.0.1:9900`.
    public let host: String
    /// The same address in one spelling, whatever the case, default port, escapes, dots and slashes of what was given:
    /// two endpoints are the same API when these are equal.
    public let address: String
    /// Host and port, also where the port is the usual one.
    public let peer: String
    /// Whether the host is this one.
    public let isLoopback: Bool
    /// Whether requests are encrypted.
    public let usesTLS: Bool
    /// The host alone, without brackets.
    let name: String
    let port: Int
    /// What a request's target begins with, without a slash at its end.
    let path: String

    /// Told apart from other wrong addresses, since those who take the address may know how to allow it.
    public static let unencrypted = DeliveryError(.configuration, "The API's address is not encrypted. Use https.")

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
        guard let encoded = parts.encodedHost?.lowercased(), !encoded.isEmpty else { throw wrong("names no host") }
        guard parts.user == nil, parts.password == nil else { throw wrong("contains a user name or password") }
        guard parts.query == nil, parts.fragment == nil else { throw wrong("contains a query or fragment") }
        guard parts.port.map({ (1...65535).contains($0) }) ?? true else { throw wrong("has an impossible port") }
        isLoopback = HostName.isLoopback(encoded)
        if scheme == "http", !allowsInsecureHTTP, !isLoopback { throw Self.unencrypted }
        usesTLS = scheme == "https"
        port = parts.port ?? (usesTLS ? 443 : 80)
        host = parts.port.map { "\(encoded):\($0)" } ?? encoded
        peer = "\(encoded):\(port)"
        name = encoded.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        var path = parts.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
        let usual = port == (usesTLS ? 443 : 80)
        address =
            "\(scheme)://\(HostName.normalized(encoded))" + (usual ? "" : ":\(port)") + URLPath.normalized(path)
    }

    /// Scheme, host and port, as they stand in front of a request's path.
    var origin: String { "\(usesTLS ? "https" : "http")://\(host)" }

    func address(of path: String) -> String { origin + self.path + path }
}
