import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// One request on its way: notes whether anything left, and keeps what is needed of the answer.
final class Exchange: HTTPClientResponseDelegate {
    struct Progress: Sendable {
        /// False as long as it is certain that the server has seen nothing of the request.
        var hasLeft = false
        var status: Int?
        var retryAfter: RetryAfter?
        /// The beginning of the answer's body.
        var body = ByteBuffer()
    }

    private struct BodyTooLong: Error {}

    private let state = Mutex(Progress())
    /// No more is read of a body: it is never needed, but for the token.
    private static let longestBody = 64 * 1024

    var progress: Progress { state.withLock { $0 } }

    func didSendRequestHead(task: HTTPClient.Task<Void>, _ head: HTTPRequestHead) {
        state.withLock { $0.hasLeft = true }
    }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock {
            $0.status = Int(head.status.code)
            $0.retryAfter = head.headers.first(name: "Retry-After").flatMap {
                RetryAfter($0, sent: head.headers.first(name: "Date"), now: Date())
            }
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    /// A body that is too long ends the request and its connection, not what is known of the answer.
    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let length = state.withLock { progress in
            progress.body.writeImmutableBuffer(buffer)
            return progress.body.readableBytes
        }
        return length > Self.longestBody
            ? task.eventLoop.makeFailedFuture(BodyTooLong()) : task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) {}
}
