import NIOCore

/// Tells of each connection that is accepted, and closes it when its client hangs up, also in the middle of a request:
/// the rest of that would be waited for forever.
final class ConnectionObserver: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let opened: @Sendable () -> Void

    init(_ opened: @escaping @Sendable () -> Void) { self.opened = opened }

    func channelActive(context: ChannelHandlerContext) {
        opened()
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
    }
}
