extension APIOutcome {
    /// A fault of the API or on the way to it: what kind, and in words what happened and who did it.
    public struct Fault: Hashable, Sendable, CustomStringConvertible {
        /// What went wrong.
        public enum Kind: Hashable, Sendable {
            /// A 5xx, 408 or 425.
            case status(Int)
            /// A 2xx with a web page: a proxy or a portal answers instead of the API.
            case webPage(status: Int)
            /// The exchange took too long.
            case timeout
            /// The connection ended, or brought something that is not HTTP.
            case reset
            case connect(Obstacle)
            /// The host has no address.
            case dns
            /// No secure connection: a certificate, or the protocol.
            case tls
            /// The proxy opened no connection to the API.
            case proxy
            /// A login was answered without a usable token.
            case noToken
            /// We gave the request up.
            case cancelled
        }

        /// Why there is no connection.
        public enum Obstacle: Hashable, Sendable {
            case refused
            case timeout
            case unreachable
            /// This process has too many files open.
            case descriptors
        }

        /// What went wrong.
        public let kind: Kind
        /// What happened, and who did it, in words that continue a sentence: `connection refused by 127.0.0.1:9900`.
        public let description: String
        /// How long the API asked to be left alone.
        public let retryAfter: RetryAfter?

        /// - Parameters:
        ///   - peer: who is at fault, host and port.
        ///   - detail: what is known beyond the kind.
        public init(_ kind: Kind, by peer: String = "the API", detail: String = "", retryAfter: RetryAfter? = nil) {
            self.kind = kind
            self.retryAfter = retryAfter
            let words = Self.words(kind, peer)
            description = detail.isEmpty ? words : "\(words): \(detail)"
        }

        /// A short name for counts.
        public var label: String {
            switch kind {
            case .status(let code): String(code)
            case .webPage: "web_page"
            case .timeout: "timeout"
            case .reset: "reset"
            case .connect: "connect"
            case .dns: "dns"
            case .tls: "tls"
            case .proxy: "proxy"
            case .noToken: "no_token"
            case .cancelled: "cancelled"
            }
        }

        /// Whether no connection came about, so that nothing was asked.
        public var isConnectionFault: Bool {
            switch kind {
            case .connect, .dns, .tls, .proxy: true
            case .status, .webPage, .timeout, .reset, .noToken, .cancelled: false
            }
        }

        /// Whether somebody else answers, so that nothing more may leave until the API itself does.
        public var isWebPage: Bool {
            if case .webPage = kind { true } else { false }
        }

        /// Whether the API answered, but with an error. If not, it is out of reach.
        public var isAPIError: Bool {
            if case .status = kind { true } else { false }
        }

        private static func words(_ kind: Kind, _ peer: String) -> String {
            switch kind {
            case .status(let code): "API error \(code) from \(peer)"
            case .webPage(let status): "a web page (\(status)) answers instead of the API at \(peer)"
            case .timeout: "no response from \(peer)"
            case .reset: "connection closed by \(peer)"
            case .connect(.refused): "connection refused by \(peer)"
            case .connect(.timeout): "no connection to \(peer) in time"
            case .connect(.unreachable): "\(peer) is unreachable"
            case .connect(.descriptors): "no connection to \(peer), too many files are open in this process"
            case .dns: "no address found for \(peer)"
            case .tls: "no secure connection to \(peer)"
            case .proxy: "no connection through the proxy \(peer)"
            case .noToken: "login at \(peer) returned no token"
            case .cancelled: "request canceled"
            }
        }
    }
}

extension APIOutcome.Fault {
    static var cancelled: Self { Self(.cancelled) }
}
