import CustomerRecords
import NIOCore
import NIOHTTP1

/// The body of a request as it arrives. What is not read when the answer is given is never read: the connection ends.
struct RequestBody {
    private(set) var parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>?
    private var isComplete = false
    /// Bytes that were looked at and are read again.
    private var returned: ByteBuffer?
    /// What the client says it will send; `nil` when it doesn't say.
    let announcedBytes: Int?
    /// Whether there is a body at all.
    let isPresent: Bool
    private var decompression: Decompression?

    /// Compressed bytes on their way to what they hold.
    private struct Decompression {
        let inflater: Inflater
        var compressed = ByteBuffer()
    }

    init(
        parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator, head: HTTPRequestHead,
        outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) {
        self.parts = parts
        announcedBytes = head.headers.first(name: "content-length").flatMap { Int($0) }
        isPresent = announcedBytes.map { $0 > 0 } ?? head.headers.contains(name: "transfer-encoding")
        self.outbound = Self.awaitsPermission(head) && head.version == .http1_1 ? outbound : nil
        mayAsk = self.outbound != nil
    }

    private var mayAsk: Bool

    /// Whether the client sends its body when it is told to.
    static func awaitsPermission(_ head: HTTPRequestHead) -> Bool {
        head.headers.first(name: "expect")?.lowercased() == "100-continue"
    }

    /// - Returns: `nil` at the end of the body.
    /// - Throws: when the connection ends before the body does.
    mutating func next() async throws -> ByteBuffer? {
        if let returned {
            self.returned = nil
            return returned
        }
        return decompression == nil ? try await receive() : try await decompress()
    }

    /// From here on the body is read as what gzip holds in it.
    mutating func readCompressed() throws {
        if decompression == nil { decompression = Decompression(inflater: try Inflater()) }
    }

    /// The next piece of what the body holds once it is decompressed, which never grows beyond one buffer.
    private mutating func decompress() async throws -> ByteBuffer? {
        while var decompression {
            if decompression.compressed.readableBytes == 0 {
                guard let more = try await receive() else {
                    try Self.naming { () throws(SourceFormatError) in try decompression.inflater.finish() }
                    return nil
                }
                decompression.compressed = more
            }
            var room = ByteBuffer()
            let compressed = decompression.compressed
            let taken = try Self.naming { () throws(SourceFormatError) in
                var result: Result<Int, SourceFormatError> = .success(0)
                room.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pieceBytes) { buffer in
                    compressed.withUnsafeReadableBytes { compressed in
                        do throws(SourceFormatError) {
                            let (taken, given) = try decompression.inflater.decompress(compressed, into: buffer)
                            result = .success(taken)
                            return given
                        } catch {
                            result = .failure(error)
                            return 0
                        }
                    }
                }
                return try result.get()
            }
            decompression.compressed.moveReaderIndex(forwardBy: taken)
            self.decompression = decompression
            if room.readableBytes > 0 { return room }
        }
        return nil
    }

    private static let pieceBytes = 64 * 1024

    private static func naming<Value>(_ body: () throws(SourceFormatError) -> Value) throws(Refusal) -> Value {
        do {
            return try body()
        } catch {
            throw Refusal(.badRequest, error.message(for: "The body", wording: .form))
        }
    }

    private mutating func receive() async throws -> ByteBuffer? {
        if isComplete { return nil }
        if mayAsk, let outbound {
            mayAsk = false
            try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
        }
        switch try await parts.next(isolation: #isolation) {
        case .body(let bytes):
            return bytes
        case .end:
            isComplete = true
            return nil
        case .head, nil:
            throw RequestAborted()
        }
    }

    /// The first byte that is not white space of JSON or a byte order mark; it is not taken out of the body.
    mutating func firstByte() async throws -> UInt8? {
        var seen = ByteBuffer()
        defer { if seen.readableBytes > 0 { returned = seen } }
        while let more = try await next() {
            seen.writeImmutableBuffer(more)
            let first = seen.readableBytesView.first {
                ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].contains($0)
            }
            if let first { return first }
            // White space alone is not JSON.
            guard seen.readableBytes <= 64 * 1024 else { return nil }
        }
        return nil
    }

    /// The whole body, when it is not longer than `maximum`.
    /// - Throws: `Refusal` with 413 when it is longer.
    mutating func collect(atMost maximum: Int) async throws -> ByteBuffer {
        let tooLarge = Refusal(.payloadTooLarge, "The body is larger than \(maximum) bytes.")
        if let announcedBytes, announcedBytes > maximum { throw tooLarge }
        guard var whole = try await next() else { return ByteBuffer() }
        while let more = try await next() {
            guard whole.readableBytes + more.readableBytes <= maximum else { throw tooLarge }
            whole.writeImmutableBuffer(more)
        }
        guard whole.readableBytes <= maximum else { throw tooLarge }
        return whole
    }
}
