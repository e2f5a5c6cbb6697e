import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Tells what an exchange without an answer died of.
struct FaultClassifier {
    typealias Fault = APIOutcome.Fault

    /// Whom requests go to, host and port.
    let peer: String
    /// The proxy between, host and port.
    let proxy: String?
    let timeout: Duration

    /// What the exchange came to; a proxy that wants a password is a fault of the configuration.
    /// - Parameter hasLeft: whether the peer may have seen something of the request.
    func outcome(_ error: any Error, hasLeft: Bool, phase: APIResponse.Phase) -> APIOutcome {
        if let proxy, error as? HTTPClientError == .proxyAuthenticationRequired {
            return .misconfigured(
                status: 407,
                message: "The proxy \(proxy) asks for a user name and password (407). Check the proxy's address.")
        }
        return .transient(fault(error, hasLeft: hasLeft), mayHaveBeenApplied: hasLeft && phase == .banners)
    }

    private func fault(_ error: any Error, hasLeft: Bool) -> Fault {
        switch error {
        case let error as HTTPClientError: fault(error)
        case let error as NIOConnectionError: fault(error)
        // Not of the beginning of a connection, but of one in use.
        case is IOError where hasLeft: Fault(.reset, by: peer)
        case let error as IOError: fault(error, peer: proxy ?? peer)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            Fault(.tls, by: peer, detail: TLSFaultText.text(error))
        case is HTTPParserError: Fault(.reset, by: peer, detail: "its response is not HTTP")
        case is CancellationError: .cancelled
        default: Fault(.reset, by: peer)
        }
    }

    private func fault(_ error: HTTPClientError) -> Fault {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: Fault(.connect(.timeout), by: proxy ?? peer)
        case .tlsHandshakeTimeout: Fault(.tls, by: peer, detail: "the handshake took too long")
        case .httpProxyHandshakeTimeout: Fault(.proxy, by: proxy ?? peer, detail: "it does not respond")
        case .proxyAuthenticationRequired, .invalidProxyResponse:
            Fault(.proxy, by: proxy ?? peer, detail: "it opens none to \(peer)")
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            Fault(.timeout, by: peer, detail: "given up after \(Self.text(timeout))")
        case .cancelled, .alreadyShutdown: .cancelled
        default: Fault(.reset, by: peer)
        }
    }

    private func fault(_ error: NIOConnectionError) -> Fault {
        guard let failure = error.connectionErrors.last else { return Fault(.dns, by: error.host) }
        let peer = "\(error.host):\(error.port)"
        guard let failure = failure.error as? IOError else { return Fault(.connect(.timeout), by: peer) }
        return fault(failure, peer: peer)
    }

    private func fault(_ error: IOError, peer: String) -> Fault {
        switch error.errnoCode {
        case ECONNREFUSED: Fault(.connect(.refused), by: peer)
        case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, ENETDOWN: Fault(.connect(.unreachable), by: peer)
        case ETIMEDOUT: Fault(.connect(.timeout), by: peer)
        case EMFILE, ENFILE: Fault(.connect(.descriptors), by: peer)
        default: Fault(.reset, by: peer)
        }
    }

    static func text(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return seconds < 1
            ? "\(Int((seconds * 1000).rounded())) ms"
            : "\((seconds * 10).rounded() / 10)"
                .replacing(".0", with: "") + " s"
    }
}
