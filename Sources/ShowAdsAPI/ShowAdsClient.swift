import AsyncHTTPClient
import Foundation
public import NIOCore
import NIOHTTP1
import NIOPosix

/// The ads API: logs in when it has to, sends records and tells what each answer means. It never retries.
public final class ShowAdsClient: Sendable {
    public let endpoint: APIEndpoint
    private let key: ProjectKey
    private let http: HTTPClient
    private let group: MultiThreadedEventLoopGroup
    private let tokens = TokenSource()
    private let classifier: AnswerClassifier
    private let requestTimeout: TimeAmount
    private let clock = ContinuousClock()

    /// - Parameters:
    ///   - maximumConnections: bound on open connections; it should be above any concurrency that may be set.
    ///   - requestTimeout: of a whole exchange, from connecting to the last byte of the answer.
    public init(
        endpoint: APIEndpoint, key: ProjectKey, maximumConnections: Int, requestTimeout: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(5)
    ) {
        self.endpoint = endpoint
        self.key = key
        self.requestTimeout = TimeAmount(requestTimeout)
        classifier = AnswerClassifier(host: endpoint.host)
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.timeout = .init(connect: TimeAmount(connectTimeout))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = maximumConnections
        // The engine decides when to try again; here a refused connection is to be known at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Shorter than servers keep idle connections (5 s and more): a request on one that is being closed is in doubt.
        configuration.connectionPool.idleTimeout = .seconds(4)
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(FlushJoiner(), position: .first)
            }
        }
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        http = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    }

    /// Ends all connections.
    public func shutdown() async {
        // Both fail only when they are called twice.
        try? await http.shutdown()
        try? await group.shutdownGracefully()
    }

    /// Sends a request body, logging in before when there is no token.
    ///
    /// A cancelled task gets its answer at once; whether the records may have been applied stands in it.
    @concurrent
    public func send(_ body: ByteBuffer, to path: BannerPath) async -> Answer {
        let token: TokenMachine.Token
        switch await tokens.token(askForToken) {
        case .token(let current): token = current
        case .failed(let answer): return answer
        }
        var (answer, _) = await exchange(
            path.path, body, ["Authorization": "Bearer \(token.text)"], phase: .banners, secrets: [token.text])
        if tokens.answered(token.generation, answer.tokenVerdict) == .giveUp {
            answer.outcome = classifier.refusesEveryToken
        }
        return answer
    }

    /// Logs in now, whatever the present token is. Everything that waits for a token is served by it, too.
    @concurrent
    public func logIn() async -> Answer { await tokens.renew(askForToken) }

    // MARK: Requests

    private func askForToken() async -> TokenSource.Login {
        // A string always has a JSON form.
        let body = (try? JSONEncoder().encode(["ProjectKey": key.secret])) ?? Data()
        var (answer, content) = await exchange("/auth", ByteBuffer(bytes: body), [:], phase: .auth, secrets: [])
        guard answer.outcome == .applied else { return .failed(answer) }
        if let token = AuthAnswer.token(in: content) { return .token(token, answer) }
        answer.outcome = .transient(.noToken, mayHaveBeenApplied: false)
        answer.label = Outcome.Fault.noToken.label
        return .failed(answer)
    }

    /// - Parameter secrets: what must not show in the answer's excerpt, besides the key.
    private func exchange(
        _ path: String, _ body: ByteBuffer, _ headers: HTTPHeaders, phase: Answer.Phase, secrets: [String]
    ) async -> (answer: Answer, body: ByteBuffer) {
        let start = clock.now
        let exchange = Exchange()
        var fault: Outcome.Fault?
        do {
            var headers = headers
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "User-Agent", value: "data-connector")
            let request = try HTTPClient.Request(
                url: endpoint.address(of: path), method: .POST, headers: headers, body: .byteBuffer(body))
            let task = http.execute(request: request, delegate: exchange, deadline: .now() + requestTimeout)
            try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            fault = AnswerClassifier.fault(error)
        }
        let progress = exchange.progress
        let duration = clock.now - start
        // The status decides, even if the rest of the answer breaks off or never ends.
        if let status = progress.status {
            let outcome = classifier.outcome(
                status: status, retryAfter: progress.retryAfter, phase: phase,
                excerpt: AnswerExcerpt.text(progress.body, hiding: secrets + [key.secret]))
            return (Answer(outcome, label: String(status), duration: duration, phase: phase), progress.body)
        }
        let cause = fault ?? .reset
        let outcome = Outcome.transient(cause, mayHaveBeenApplied: phase == .banners && progress.hasLeft)
        return (Answer(outcome, label: cause.label, duration: duration, phase: phase), progress.body)
    }
}

extension Answer {
    fileprivate var tokenVerdict: TokenMachine.Verdict {
        switch outcome {
        case .applied, .refused: .accepted
        case .tokenRefused: .refused
        case .throttled, .misconfigured, .transient: .unknown
        }
    }
}
