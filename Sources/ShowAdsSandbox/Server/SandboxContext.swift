import Foundation
import Hummingbird
import NIOCore

/// What a request brings along: its connection, so that it can be cut.
struct SandboxContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }

    /// Waits until the client hangs up, if it hasn't already, or the task is canceled.
    func closed() async {
        let (closed, continuation) = AsyncStream<Void>.makeStream()
        channel.closeFuture.whenComplete { _ in continuation.finish() }
        for await _ in closed {}
    }

    /// Closes the connection; what was not sent yet is discarded and the client sees a reset.
    func cut() async throws -> Never {
        if let socket = channel as? any SocketOptionProvider {
            try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close().get()
        throw ChannelError.ioOnClosedChannel
    }
}
