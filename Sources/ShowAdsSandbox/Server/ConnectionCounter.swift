import NIOCore

/// Tells of each connection that is accepted.
final class ConnectionCounter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let opened: @Sendable () -> Void

    init(_ opened: @escaping @Sendable () -> Void) { self.opened = opened }

    func channelActive(context: ChannelHandlerContext) {
        opened()
        context.fireChannelActive()
    }
}
