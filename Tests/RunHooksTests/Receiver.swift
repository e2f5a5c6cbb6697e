import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server that keeps what it is sent.
final class Receiver: Sendable {
    struct Request: Sendable {
        var head: HTTPRequestHead
        var body: String
    }

    private let kept = Mutex<[Request]>([])
    private let answers: [Int]
    private let port = Mutex(0)

    /// - Parameter answers: the status of each answer in turn; 200 after them.
    init(answers: [Int]) { self.answers = answers }

    var requests: [Request] { kept.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port.withLock { $0 })/hook" }

    fileprivate func listens(on number: Int) { port.withLock { $0 = number } }

    fileprivate func take(_ request: Request) -> Int {
        kept.withLock { kept in
            kept.append(request)
            return kept.count <= answers.count ? answers[kept.count - 1] : 200
        }
    }
}

/// Lets a receiver listen while `body` works.
func withReceiver(answers: [Int] = [], _ body: (Receiver) async throws -> Void) async throws {
    let receiver = Receiver(answers: answers)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                try channel.pipeline.syncOperations.addHandler(ReceiverHandler(receiver))
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    receiver.listens(on: channel.localAddress?.port ?? 0)
    do {
        try await body(receiver)
    } catch {
        try await channel.close()
        throw error
    }
    try await channel.close()
}

private final class ReceiverHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let receiver: Receiver
    private var head: HTTPRequestHead?
    private var body = ""

    init(_ receiver: Receiver) { self.receiver = receiver }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ""
        case .body(let bytes):
            body += String(buffer: bytes)
        case .end:
            guard let head else { return }
            let status = receiver.take(.init(head: head, body: body))
            let answer = HTTPResponseHead(
                version: .http1_1, status: .init(statusCode: status),
                headers: ["Content-Length": "0", "Location": "/elsewhere"])
            context.write(wrapOutboundOut(.head(answer)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
