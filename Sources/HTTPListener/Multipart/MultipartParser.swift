import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Takes a form (`multipart/form-data`, RFC 7578 and 2046) apart while it arrives.
///
/// Bytes go in, cut anywhere; events come out. Data is passed on as slices of what came in, and never more than a
/// header or a boundary is held back. Lines end in CRLF, nothing else: a lone LF is data, or a fault in a header.
///
/// ```swift
/// parser.append(bytes)
/// while let event = try parser.next() { … }
/// try parser.finish()
/// ```
struct MultipartParser {
    enum Event: Hashable {
        case part(MultipartPartHeader)
        /// Some bytes of the part, at least one.
        case data(ByteBuffer)
        case partEnd
        /// The last boundary has passed; what follows is ignored.
        case end
    }

    private enum State {
        case preamble
        /// Past a boundary: the part's header.
        case header
        case data
        /// Past the last boundary, before that was told.
        case lastBoundary
        case epilogue
    }

    /// What ends a boundary.
    private enum Tail {
        case nextPart(length: Int)
        case lastBoundary
        case unknownYet
        /// The bytes only began like a boundary.
        case none
    }

    /// Spaces that are accepted after a boundary.
    private static let maximumPadding = 128
    private static let maximumPreamble = 16 * 1024

    /// CRLF, two dashes and the boundary.
    private let delimiter: [UInt8]
    private let maximumHeaderBytes: Int
    private var state = State.preamble
    private var preambleBytes = 0
    /// The preamble's first line may be the boundary itself, so a line end is taken to stand before it.
    private var buffer = ByteBuffer(bytes: [0x0d, 0x0a])

    init(boundary: MultipartBoundary, maximumHeaderBytes: Int = 8 * 1024) {
        delimiter = Array("\r\n--".utf8) + Array(boundary.text.utf8)
        self.maximumHeaderBytes = maximumHeaderBytes
    }

    mutating func append(_ bytes: ByteBuffer) {
        switch state {
        case .lastBoundary, .epilogue: return
        case .preamble, .header, .data: break
        }
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            // A fresh buffer, as slices of the old one may still be in use.
            var joined = ByteBuffer()
            joined.reserveCapacity(buffer.readableBytes + bytes.readableBytes)
            joined.writeImmutableBuffer(buffer)
            joined.writeImmutableBuffer(bytes)
            buffer = joined
        }
    }

    /// - Returns: `nil` when more bytes are needed.
    mutating func next() throws(MultipartError) -> Event? {
        switch state {
        case .preamble:
            let (length, tail) = scan()
            preambleBytes += length
            guard preambleBytes <= Self.maximumPreamble else { throw .noBoundary }
            buffer.moveReaderIndex(forwardBy: length)
            return pass(tail) ? try next() : nil
        case .header:
            return try readHeader()
        case .data:
            let (length, tail) = scan()
            if length > 0, let data = buffer.readSlice(length: length) { return .data(data) }
            return pass(tail) ? .partEnd : nil
        case .lastBoundary:
            state = .epilogue
            return .end
        case .epilogue:
            return nil
        }
    }

    /// The body is over.
    func finish() throws(MultipartError) {
        switch state {
        case .lastBoundary, .epilogue: return
        case .preamble: throw .noBoundary
        case .header, .data: throw .incomplete
        }
    }

    // MARK: Boundaries

    /// Goes past a boundary.
    /// - Returns: whether there is one.
    private mutating func pass(_ tail: Tail) -> Bool {
        switch tail {
        case .nextPart(let length):
            buffer.moveReaderIndex(forwardBy: length)
            state = .header
            return true
        case .lastBoundary:
            buffer.clear()
            state = .lastBoundary
            return true
        case .unknownYet, .none:
            return false
        }
    }

    /// Looks for a boundary.
    /// - Returns: how many bytes before it (or before what may yet become one) are surely none of it, and what it is.
    private func scan() -> (length: Int, tail: Tail) {
        buffer.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return (0, .unknownYet) }
            var position = 0
            while let found = memchr(base + position, 0x0d, bytes.count - position) {
                position = UnsafeRawPointer(found) - base
                // Most line ends are told from a boundary here, and a run of CR costs no search for each.
                while position + 1 < bytes.count, bytes[position + 1] == 0x0d { position += 1 }
                if position + 2 < bytes.count, bytes[position + 1] != 0x0a || bytes[position + 2] != UInt8(ascii: "-") {
                    position += 1
                    continue
                }
                switch tail(UnsafeRawBufferPointer(rebasing: bytes[position...])) {
                case .none: position += 1
                case let tail: return (position, tail)
                }
            }
            return (bytes.count, .none)
        }
    }

    /// What stands at the beginning of `bytes`, which begin with CR.
    private func tail(_ bytes: UnsafeRawBufferPointer) -> Tail {
        let compared = min(bytes.count, delimiter.count)
        let isEqual = delimiter.withUnsafeBytes { expected in
            // Both have at least `compared` bytes, and CR makes that at least one.
            memcmp(expected.baseAddress!, bytes.baseAddress!, compared) == 0
        }
        guard isEqual else { return .none }
        guard compared == delimiter.count else { return .unknownYet }

        var position = delimiter.count
        guard position < bytes.count else { return .unknownYet }
        if bytes[position] == UInt8(ascii: "-") {
            guard position + 1 < bytes.count else { return .unknownYet }
            return bytes[position + 1] == UInt8(ascii: "-") ? .lastBoundary : .none
        }
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t") {
            position += 1
            if position - delimiter.count > Self.maximumPadding { return .none }
        }
        guard position < bytes.count else { return .unknownYet }
        guard bytes[position] == 0x0d else { return .none }
        guard position + 1 < bytes.count else { return .unknownYet }
        return bytes[position + 1] == 0x0a ? .nextPart(length: position + 2) : .none
    }

    // MARK: Headers

    private mutating func readHeader() throws(MultipartError) -> Event? {
        let bytes = buffer.readableBytesView
        var lines: [[UInt8]] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: 0x0a) {
            guard end - bytes.startIndex < maximumHeaderBytes else { throw .headerTooLarge }
            guard end > start, bytes[end - 1] == 0x0d else { throw .malformedHeader }
            let line = bytes[start..<(end - 1)]
            start = end + 1
            if line.isEmpty {
                buffer.moveReaderIndex(forwardBy: start - bytes.startIndex)
                state = .data
                return .part(try MultipartPartHeader(lines: lines))
            }
            lines.append(Array(line))
        }
        guard bytes.count < maximumHeaderBytes else { throw .headerTooLarge }
        return nil
    }
}
