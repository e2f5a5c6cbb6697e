import NIOCore
import NIOHTTP1

/// An answer that ends a connection before, or instead of, what a route would have said.
enum ConnectionRefusal: Hashable, CaseIterable, Sendable {
    case malformedRequest
    case headerTooLarge
    case unknownTransferCoding
    case tooSlow
    case tooManyConnections

    var status: HTTPResponseStatus {
        switch self {
        case .malformedRequest: .badRequest
        case .headerTooLarge: .requestHeaderFieldsTooLarge
        case .unknownTransferCoding: .notImplemented
        case .tooSlow: .requestTimeout
        case .tooManyConnections: .serviceUnavailable
        }
    }

    /// For the log and for metrics.
    var label: String {
        switch self {
        case .malformedRequest: "malformed"
        case .headerTooLarge: "header_too_large"
        case .unknownTransferCoding: "unknown_transfer_coding"
        case .tooSlow: "too_slow"
        case .tooManyConnections: "too_many_connections"
        }
    }

    private var message: String {
        switch self {
        case .malformedRequest: "The request is not valid HTTP/1.1."
        case .headerTooLarge: "The request's header is too large."
        case .unknownTransferCoding: "Transfer-Encoding may only be chunked."
        case .tooSlow: "The request took too long to arrive."
        case .tooManyConnections: "Too many connections are open."
        }
    }

    /// The whole answer as it goes over the wire.
    func encoded(allocator: ByteBufferAllocator) -> ByteBuffer {
        let body = #"{"message":"\#(message)"}"#
        var buffer = allocator.buffer(capacity: 256 + body.utf8.count)
        buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        buffer.writeString("Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n")
        if self == .tooManyConnections { buffer.writeString("Retry-After: 5\r\n") }
        buffer.writeString("Date: \(HTTPDate.now())\r\nConnection: close\r\n\r\n")
        buffer.writeString(body)
        return buffer
    }
}

/// Thrown into a request whose connection was refused while its body was read.
struct RequestAborted: Error {}
