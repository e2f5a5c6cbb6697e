import NIOCore
import NIOPosix
import Synchronization

/// A proxy that opens tunnels, all of them to one port of this machine, whatever host is asked for.
final class TunnelProxy: Sendable {
    private let received = Mutex<[String]>([])

    /// The heads of the requests for tunnels.
    var requests: [String] { received.withLock { $0 } }

    /// Runs `body` with a proxy.
    /// - Parameter refusal: what every request is answered, in place of a tunnel.
    static func running<Value>(
        to port: Int, refusal: String? = nil, _ body: (_ proxy: TunnelProxy, _ port: Int) async throws -> Value
    ) async throws -> Value {
        let proxy = TunnelProxy()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.addHandler(
                    TunnelOpener(port: port, refusal: refusal) { head in proxy.received.withLock { $0.append(head) } })
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let value = try await body(proxy, channel.localAddress?.port ?? 0)
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }
}

/// Waits for one request's head, then passes bytes on in both directions.
private final class TunnelOpener: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct State {
        var head = ""
        var target: (any Channel)?
    }

    private let port: Int
    private let refusal: String?
    private let note: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(port: Int, refusal: String?, note: @escaping @Sendable (String) -> Void) {
        self.port = port
        self.refusal = refusal
        self.note = note
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = Self.unwrapInboundIn(data)
        if let target = state.withLock({ $0.target }) {
            target.writeAndFlush(buffer, promise: nil)
            return
        }
        let head: String? = state.withLock { state in
            state.head += String(buffer: buffer)
            return state.head.hasSuffix("\r\n\r\n") ? state.head : nil
        }
        guard let head else { return }
        note(head)
        if let refusal {
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: refusal)), promise: nil)
            return
        }
        let client = context.channel
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { $0.pipeline.addHandler(BackChannel(client: client)) }
            .connect(host: "127.0.0.1", port: port)
            .whenSuccess { [self] target in
                state.withLock { $0.target = target }
                client.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.withLock { $0.target }?.close(promise: nil)
    }
}

private final class BackChannel: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let client: any Channel

    init(client: any Channel) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(Self.unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
}
