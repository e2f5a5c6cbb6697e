import NIOCore

/// The listener's handler next to the socket. See `RequestGuard`.
final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let guardian: RequestGuard

    init(_ guardian: RequestGuard) {
        self.guardian = guardian
    }

    func handlerAdded(context: ChannelHandlerContext) { guardian.front = context }

    func handlerRemoved(context: ChannelHandlerContext) { guardian.front = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if guardian.isLingering { return }
        guardian.bytesArrived()
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if guardian.isLingering {
            context.read()
        } else {
            context.fireChannelReadComplete()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if guardian.isLingering, let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}

@available(*, unavailable)
extension ArrivalHandler: Sendable {}
