public import DeliveryModel
import Foundation

/// The way out of a company's network: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in lower case first, as other
/// programs read them.
public struct ProxySettings: Hashable, Sendable {
    private let https: Proxy?
    private let http: Proxy?
    private let exceptions: [ProxyException]

    /// Everything is reached directly.
    public static let none = ProxySettings(https: nil, http: nil, exceptions: [])

    private init(https: Proxy?, http: Proxy?, exceptions: [ProxyException]) {
        self.https = https
        self.http = http
        self.exceptions = exceptions
    }

    /// - Throws: `DeliveryError` of code `configuration` when a variable holds no proxy's address; it names the
    ///   variable, and never what it holds, since that may be a password.
    public init(environment: [String: String]) throws(DeliveryError) {
        func value(_ name: String) -> (name: String, text: String)? {
            for name in [name.lowercased(), name] {
                let text = environment[name]?.trimmingCharacters(in: .whitespaces) ?? ""
                if !text.isEmpty { return (name, text) }
            }
            return nil
        }
        func proxy(_ name: String) throws(DeliveryError) -> Proxy? {
            guard let (name, text) = value(name) else { return nil }
            guard let proxy = Proxy(text) else {
                throw DeliveryError(
                    .configuration, "\(name) is not a proxy's address. It looks like http://proxy.example.com:3128.")
            }
            return proxy
        }
        let list = value("NO_PROXY")?.text ?? ""
        self.init(
            https: try proxy("HTTPS_PROXY"), http: try proxy("HTTP_PROXY"),
            exceptions: list.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map { ProxyException(String($0)) })
    }

    /// The proxy for a host; `nil` when it is reached directly, as this machine always is.
    public func proxy(usesTLS: Bool, host: String, port: Int) -> Proxy? {
        guard let proxy = usesTLS ? https : http, !HostName.isLoopback(host.lowercased()) else { return nil }
        return exceptions.contains { $0.matches(host.lowercased(), port: port) } ? nil : proxy
    }
}

/// An HTTP proxy. Its password never shows in a description.
public struct Proxy: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Name or address, without brackets.
    public let host: String
    /// Its port; 80 when none is named.
    public let port: Int
    /// What stands in `Proxy-Authorization`.
    public let authorization: String?

    /// Reads `http://[user:password@]host[:port]`, also without `http://`; `nil` for anything else.
    init?(_ text: String) {
        let url = text.contains("://") ? text : "http://\(text)"
        guard let parts = URLComponents(string: url, encodingInvalidCharacters: false),
            parts.scheme?.lowercased() == "http", let host = parts.encodedHost, !host.isEmpty,
            parts.port.map({ (1...65535).contains($0) }) ?? true, ["", "/"].contains(parts.percentEncodedPath),
            parts.query == nil, parts.fragment == nil
        else { return nil }
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = parts.port ?? 80
        authorization = parts.user.map { user in
            "Basic " + Data("\(user):\(parts.password ?? "")".utf8).base64EncodedString()
        }
    }

    /// Host and port.
    public var peer: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    /// Host and port, without what it is authorized with.
    public var description: String { peer }
    /// Host and port, without what it is authorized with.
    public var debugDescription: String { peer }
    /// Shows nothing of what it is authorized with.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
