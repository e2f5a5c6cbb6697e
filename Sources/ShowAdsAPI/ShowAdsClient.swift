public import DeliveryModel
import Foundation
public import NIOCore
import NIOHTTP1
import Synchronization

/// The ShowAds API: logs in when it has to, sends records and tells what each answer means. It never retries.
public final class ShowAdsClient: Sendable {
    /// Where requests go.
    public let endpoint: APIEndpoint
    private let key: ProjectKey
    private let transport: Transport
    private let tokens = TokenSource()
    private let vault: (any TokenVault)?
    /// The token that was used last.
    private let lastToken = Mutex<String?>(nil)
    private let classifier: AnswerClassifier
    private let faults: FaultClassifier
    private let clock = ContinuousClock()

    /// - Parameters:
    ///   - maximumConnections: bound on open connections; it should be above any concurrency that may be set.
    ///   - requestTimeout: of a whole exchange, from connecting to the last byte of the answer.
    ///   - proxies: the way to the API.
    ///   - tlsFiles: private authority and client certificate.
    ///   - vault: where the token is kept that other processes use, too.
    /// - Throws: `DeliveryError` of code `configuration` when a certificate or key can't be used.
    public init(
        endpoint: APIEndpoint, key: ProjectKey, maximumConnections: Int, requestTimeout: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(5), proxies: ProxySettings = .none,
        tlsFiles: ClientTLSFiles = ClientTLSFiles(),
        vault: (any TokenVault)? = nil
    ) throws(DeliveryError) {
        self.endpoint = endpoint
        self.key = key
        self.vault = vault
        let proxy = proxies.proxy(usesTLS: endpoint.usesTLS, host: endpoint.name, port: endpoint.port)
        transport = try Transport(
            endpoint,
            Transport.Options(
                maximumConnections: maximumConnections, timeout: requestTimeout, connectTimeout: connectTimeout,
                proxy: proxy, tlsFiles: tlsFiles))
        classifier = AnswerClassifier(host: endpoint.host, peer: endpoint.peer)
        faults = FaultClassifier(peer: endpoint.peer, proxy: proxy?.peer, timeout: requestTimeout)
    }

    /// Reads authority, certificate and key again.
    /// - Throws: `DeliveryError` that names the file; the old ones stay in force then.
    public func reloadCertificates() throws(DeliveryError) { try transport.reloadCertificates() }

    /// Ends all connections.
    public func shutdown() async { await transport.shutdown() }

    /// Sends a request body, logging in before when there is no token.
    ///
    /// A canceled task gets its answer immediately; whether the records may have been applied stands in it.
    /// - Parameters:
    ///   - needsNewConnection: whether a connection is opened for it, instead of using one that is open.
    ///   - hiding: what must not show in the excerpt of an answer that accepts nothing, since it tells of people.
    @concurrent
    public func send(
        _ body: ByteBuffer, to path: BannerPath, needsNewConnection: Bool = false,
        hiding: @Sendable () -> [String] = { [] }
    ) async -> APIResponse {
        let token: TokenMachine.Token
        switch await tokens.token({ await findToken(mustLogIn: false) }) {
        case .token(let current): token = current
        case .failed(let answer): return answer
        }
        var (answer, _) = await exchange(
            path.path, body, ["Authorization": "Bearer \(token.text)"], needsNewConnection: needsNewConnection,
            phase: .banners, secrets: [token.text], hiding: hiding)
        if tokens.answered(token.generation, answer.tokenVerdict) == .giveUp {
            answer.outcome = classifier.refusesEveryToken
        }
        return answer
    }

    /// Logs in now, whatever the present token is. Everything that waits for a token is served by it, too.
    @concurrent
    public func logIn() async -> APIResponse { await tokens.renew { await findToken(mustLogIn: true) } }

    // MARK: Requests

    private func findToken(mustLogIn: Bool) async -> TokenSource.Login {
        guard let vault else { return await askForToken() }
        let old = lastToken.withLock { $0 }
        let login = await vault.token(replacing: old, mustLogIn: mustLogIn, askForToken)
        if case .token(let text, _) = login { lastToken.withLock { $0 = text } }
        return login
    }

    private func askForToken() async -> TokenSource.Login {
        // A string always has a JSON form.
        let body = (try? JSONEncoder().encode(["ProjectKey": key.secret])) ?? Data()
        var (answer, content) = await exchange(
            "/auth", ByteBuffer(bytes: body), [:], needsNewConnection: false, phase: .auth, secrets: [], hiding: { [] })
        guard answer.outcome == .applied else { return .failed(answer) }
        if let token = AuthAnswer.token(in: content) { return .token(token, answer) }
        let fault = APIOutcome.Fault(.noToken, by: endpoint.peer)
        answer.outcome = .transient(fault, mayHaveBeenApplied: false)
        answer.label = fault.label
        return .failed(answer)
    }

    /// - Parameter secrets: what must not show in the answer's excerpt, besides the key.
    private func exchange(
        _ path: String, _ body: ByteBuffer, _ headers: HTTPHeaders, needsNewConnection: Bool,
        phase: APIResponse.Phase, secrets: [String], hiding: () -> [String]
    ) async -> (answer: APIResponse, body: ByteBuffer) {
        let start = clock.now
        let exchange = Exchange()
        var failure: (any Error)?
        do {
            try await transport.execute(path, body, headers, needsNewConnection: needsNewConnection, delegate: exchange)
        } catch {
            failure = error
        }
        let progress = exchange.progress
        let duration = clock.now - start
        let outcome: APIOutcome
        let label: String
        var excerpt: String?
        if let status = progress.status {
            // The status decides, even if the rest of the answer breaks off or never ends.
            let people = (200..<300).contains(status) ? [] : hiding()
            let text = AnswerExcerpt.text(progress.body, hiding: secrets + [key.secret] + people)
            excerpt = text
            outcome = classifier.outcome(
                status: status, retryAfter: progress.retryAfter, phase: phase, body: progress.body, excerpt: text)
            label = outcome.fault?.label ?? String(status)
        } else {
            outcome = faults.outcome(
                failure ?? ChannelError.eof, hasLeft: progress.hasLeft, phase: phase)
            label = outcome.fault?.label ?? "proxy"
        }
        var answer = APIResponse(outcome, label: label, duration: duration, phase: phase, peer: endpoint.peer)
        // A login's answer is a secret as a whole.
        if phase == .banners { answer.excerpt = excerpt }
        return (answer, progress.body)
    }
}

extension APIResponse {
    fileprivate var tokenVerdict: TokenMachine.Verdict {
        switch outcome {
        case .applied, .refused: .accepted
        case .tokenRefused: .refused
        case .throttled, .misconfigured, .transient: .unknown
        }
    }
}
