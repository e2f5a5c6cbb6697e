import NIOCore

/// Joins what is written in one turn of the event loop into one system call.
///
/// The HTTP client flushes a request's head and its body one by one; on a connection without delay these are two packets
/// at least, and the server is woken twice.
final class FlushJoiner: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var context: ChannelHandlerContext?
    private var isScheduled = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func flush(context: ChannelHandlerContext) {
        guard !isScheduled else { return }
        isScheduled = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isScheduled = false
            self.context?.flush()
        }
    }
}
