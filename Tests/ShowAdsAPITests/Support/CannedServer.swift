import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server that answers each request with prepared bytes, be they HTTP or not, and keeps what it was sent.
final class CannedServer: Sendable {
    /// What a request is answered with.
    struct Reply: Sendable {
        var bytes: String
        /// Whether the connection is closed after the bytes.
        var closes = true
    }

    private let received = Mutex<[String]>([])
    private let accepted = Mutex(0)
    private let answer: @Sendable (_ head: String) -> Reply
    private let tls: NIOSSLContext?

    /// Whole requests, heads and bodies.
    var requests: [String] { received.withLock { $0 } }

    /// How many connections there were.
    var connections: Int { accepted.withLock { $0 } }

    private init(tls: NIOSSLContext? = nil, _ answer: @escaping @Sendable (String) -> Reply) {
        self.answer = answer
        self.tls = tls
    }

    /// Runs `body` with a server that answers logins properly, and everything else with `reply`.
    static func serving<Value>(
        _ reply: Reply, _ body: (_ server: CannedServer, _ url: String) async throws -> Value
    ) async throws -> Value {
        try await serving(answer: { _ in reply }, body: body)
    }

    /// The same with a reply that depends on the request.
    /// - Parameter tls: what secures the connections; `nil` is nothing.
    static func serving<Value>(
        tls: NIOSSLContext? = nil, answer: @escaping @Sendable (_ request: String) -> Reply,
        body: (_ server: CannedServer, _ url: String) async throws -> Value
    ) async throws -> Value {
        let token = Reply(bytes: success(#"{"AccessToken":"canned"}"#), closes: false)
        return try await CannedServer(tls: tls) { $0.contains("/auth HTTP/1.1") ? token : answer($0) }.run(body)
    }

    /// Runs `body` with a server that answers everything, logins too, with `reply`.
    static func servingEverything<Value>(
        _ reply: Reply, _ body: (_ server: CannedServer, _ url: String) async throws -> Value
    ) async throws -> Value {
        try await CannedServer { _ in reply }.run(body)
    }

    static func success(_ body: String) -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func run<Value>(_ body: (CannedServer, String) async throws -> Value) async throws -> Value {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { [self] in
                    let pipeline = channel.pipeline.syncOperations
                    accepted.withLock { $0 += 1 }
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(
                        RequestCollector { [self] request in
                            received.withLock { $0.append(request) }
                            return answer(request)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let value = try await body(
                self, "\(tls == nil ? "http" : "https")://127.0.0.1:\(channel.localAddress?.port ?? 0)")
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }
}

/// Puts requests together by their Content-Length, just enough for a client that sends no other kind.
private final class RequestCollector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let pending = Mutex("")
    private let answer: @Sendable (String) -> CannedServer.Reply

    init(_ answer: @escaping @Sendable (String) -> CannedServer.Reply) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let request: String? = pending.withLock { pending in
            pending += String(buffer: Self.unwrapInboundIn(data))
            guard let end = pending.firstRange(of: "\r\n\r\n") else { return nil }
            let length =
                pending[..<end.lowerBound].lowercased().firstMatch(of: /content-length: (\d+)/)
                .flatMap { Int($0.1) } ?? 0
            guard pending[end.upperBound...].utf8.count >= length else { return nil }
            defer { pending = "" }
            return pending
        }
        guard let request else { return }
        let reply = answer(request)
        let written = context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: reply.bytes)))
        if reply.closes { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }
}
