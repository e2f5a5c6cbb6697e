import AsyncHTTPClient
import DeliveryModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// The connections to the API: directly or through a proxy, with the certificates in force.
final class Transport: Sendable {
    /// What a client's connections are like.
    struct Options: Sendable {
        /// Bound on open connections.
        var maximumConnections: Int
        /// Of a whole exchange, from connecting to the last byte of the answer.
        var timeout: Duration
        var connectTimeout: Duration
        var proxy: Proxy?
        var tlsFiles: ClientTLSFiles
    }

    let endpoint: APIEndpoint
    let options: Options
    private let http: HTTPClient
    /// Opens a connection for each request.
    private let unpooled: HTTPClient
    /// `nil` is the system's.
    private let tls: Mutex<TLSConfiguration?>
    /// Requests without a body, by path: reading a URL takes longer than everything else about a request.
    private let templates = Mutex<[String: HTTPClient.Request]>([:])

    /// Whether the proxy passes each request on, instead of opening a tunnel.
    private var isRelayed: Bool { options.proxy != nil && !endpoint.usesTLS }

    /// - Throws: `DeliveryError` of code `configuration` when a certificate or key can't be used.
    init(_ endpoint: APIEndpoint, _ options: Options) throws(DeliveryError) {
        self.endpoint = endpoint
        self.options = options
        tls = Mutex(try options.tlsFiles.load())
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.timeout = .init(connect: TimeAmount(min(options.connectTimeout, options.timeout)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.maximumConnections
        // The engine decides when to try again; here a refused connection is to be known immediately.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Shorter than servers keep idle connections (5 s and more): a request on one that is being closed is in doubt.
        configuration.connectionPool.idleTimeout = .seconds(4)
        if let proxy = options.proxy, endpoint.usesTLS {
            configuration.proxy = .server(
                host: proxy.host, port: proxy.port, authorization: proxy.authorization.map(Self.authorization))
        }
        let relayed = options.proxy != nil && !endpoint.usesTLS ? endpoint.origin : nil
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(FlushJoiner(), position: .first)
                guard let relayed else { return }
                let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
                try pipeline.addHandler(ProxyTargetWriter(origin: relayed), position: .after(encoder))
            }
        }
        http = HTTPClient(eventLoopGroupProvider: .shared(DeliveryLoop.eventLoop), configuration: configuration)
        configuration.maximumUsesPerConnection = 1
        unpooled = HTTPClient(eventLoopGroupProvider: .shared(DeliveryLoop.eventLoop), configuration: configuration)
    }

    /// Reads certificates and key again; connections that are open keep the old ones until they are idle.
    /// - Throws: `DeliveryError`; the old ones stay in force then.
    func reloadCertificates() throws(DeliveryError) {
        let new = try options.tlsFiles.load()
        tls.withLock { $0 = new }
    }

    /// Sends a body and returns when the answer is complete.
    /// - Parameter needsNewConnection: whether a connection is opened for it, instead of using one that is open.
    func execute(
        _ path: String, _ body: ByteBuffer, _ headers: HTTPHeaders, needsNewConnection: Bool, delegate: Exchange
    ) async throws {
        var request = try template(of: path)
        request.headers.add(contentsOf: headers)
        request.body = .byteBuffer(body)
        request.tlsConfiguration = tls.withLock { $0 }
        let task = (needsNewConnection ? unpooled : http).execute(
            request: request, delegate: delegate, deadline: .now() + TimeAmount(options.timeout))
        try await withTaskCancellationHandler {
            try await task.get()
        } onCancel: {
            task.cancel()
        }
    }

    private func template(of path: String) throws -> HTTPClient.Request {
        if let known = templates.withLock({ $0[path] }) { return known }
        var headers: HTTPHeaders = ["Content-Type": "application/json", "User-Agent": "data-connector"]
        var url = endpoint.address(of: path)
        if isRelayed, let proxy = options.proxy {
            url = "http://\(proxy.peer)\(endpoint.path)\(path)"
            headers.add(name: "Host", value: endpoint.host)
            if let authorization = proxy.authorization {
                headers.add(name: "Proxy-Authorization", value: authorization)
            }
        }
        let new = try HTTPClient.Request(url: url, method: .POST, headers: headers)
        templates.withLock { $0[path] = new }
        return new
    }

    /// Ends all connections.
    func shutdown() async {
        // It fails only when it is called twice.
        try? await http.shutdown()
        try? await unpooled.shutdown()
    }

    private static func authorization(_ header: String) -> HTTPClient.Authorization {
        .basic(credentials: String(header.dropFirst("Basic ".count)))
    }
}
