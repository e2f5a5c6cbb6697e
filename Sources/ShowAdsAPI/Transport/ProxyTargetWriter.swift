import NIOCore
import NIOHTTP1

/// Names the whole address in a request's first line, as a proxy needs it that passes on unencrypted requests.
final class ProxyTargetWriter: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// `http://ads.example.com`.
    private let origin: String

    init(origin: String) { self.origin = origin }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = Self.unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        head.uri = origin + head.uri
        context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    }
}
