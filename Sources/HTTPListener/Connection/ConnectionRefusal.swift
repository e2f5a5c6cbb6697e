import NIOCore
import NIOHTTP1

/// An answer that ends a connection before, or instead of, what a route would have said.
enum ConnectionRefusal: Hashable, Sendable {
    case malformedRequest
    case headerTooLarge
    case tooSlow
    case tooManyRequests

    var status: HTTPResponseStatus {
        switch self {
        case .malformedRequest: .badRequest
        case .headerTooLarge: .requestHeaderFieldsTooLarge
        case .tooSlow: .requestTimeout
        case .tooManyRequests: .serviceUnavailable
        }
    }

    private var message: String {
        switch self {
        case .malformedRequest: "The request is not valid HTTP/1.1."
        case .headerTooLarge: "The request's header is too large."
        case .tooSlow: "The request took too long to arrive."
        case .tooManyRequests: "Too many requests are being worked on. Try again."
        }
    }

    /// The whole answer as it goes over the wire.
    func encoded(allocator: ByteBufferAllocator) -> ByteBuffer {
        let body = #"{"message":"\#(message)"}"#
        var buffer = allocator.buffer(capacity: 256 + body.utf8.count)
        buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        buffer.writeString("Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n")
        if self == .tooManyRequests { buffer.writeString("Retry-After: 1\r\n") }
        buffer.writeString("Connection: close\r\n\r\n")
        buffer.writeString(body)
        return buffer
    }
}

/// Thrown into a request whose connection was refused while its body was read.
struct RequestAborted: Error {}
