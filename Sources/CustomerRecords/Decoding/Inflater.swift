internal import CDecoders

/// Decompresses the members of a gzip stream, of which any piece may be given at any time.
///
/// The state lies in the C library and belongs to one reader, which no two tasks use at the same time.
public final class Inflater: @unchecked Sendable {
    private static let inputSize = 64 << 10

    private let state: OpaquePointer
    /// What `read` has taken from its source.
    private var input: UnsafeMutableRawBufferPointer?
    private var unread = 0..<0
    /// Whether the last member has ended and nothing of another one was read.
    private var isBetweenMembers = false
    /// Bytes decompressed so far.
    private(set) var count = 0

    /// - Throws: `SourceFormatError` without memory.
    public init() throws(SourceFormatError) {
        guard let state = connector_inflater_create() else { throw SourceFormatError(.noMemory, line: 1) }
        self.state = state
    }

    deinit {
        connector_inflater_destroy(state)
        input?.deallocate()
    }

    /// Decompresses a piece of the stream as far as the buffer has room, which may be needed for several calls.
    ///
    /// - Returns: how many of the compressed bytes were taken, and how many were given; no more are to come of a piece
    ///   when it was taken whole and nothing was given.
    /// - Throws: `SourceFormatError` when the stream is damaged.
    public func decompress(
        _ compressed: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SourceFormatError) -> (taken: Int, given: Int) {
        var start = 0
        if isBetweenMembers {
            // Another member, or zeros that fill a tape's block.
            while start < compressed.count, compressed[start] == 0 { start += 1 }
            guard start < compressed.count else { return (start, 0) }
            guard compressed[start] == 0x1F else {
                throw SourceFormatError(.damagedCompression(decompressed: count), line: 1)
            }
            connector_inflater_reset(state)
            isBetweenMembers = false
        }
        var (taken, given) = (compressed.count - start, buffer.count)
        let status = connector_inflate(
            state, compressed.baseAddress.map { $0 + start }, &taken, buffer.baseAddress, &given)
        count += given
        switch status {
        case CONNECTOR_INFLATE_MEMBER_END: isBetweenMembers = true
        case CONNECTOR_INFLATE_OK: break
        case CONNECTOR_INFLATE_NO_MEMORY: throw SourceFormatError(.noMemory, line: 1)
        default: throw SourceFormatError(.damagedCompression(decompressed: count), line: 1)
        }
        return (start + taken, given)
    }

    /// Says that nothing more of the stream will come.
    ///
    /// - Throws: `SourceFormatError` when it ends inside a member.
    public func finish() throws(SourceFormatError) {
        guard isBetweenMembers else { throw SourceFormatError(.cutOffCompression(decompressed: count), line: 1) }
    }

    /// Decompresses into the buffer and returns how many bytes; 0 only at the end of the last member.
    ///
    /// - Parameter read: gives more of the compressed bytes.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, from read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int {
        let input = self.input ?? .allocate(byteCount: Self.inputSize, alignment: 16)
        self.input = input
        while true {
            if unread.isEmpty {
                unread = 0..<(try read(input))
                if unread.isEmpty {
                    try finish()
                    return 0
                }
            }
            let (taken, given) = try decompress(UnsafeRawBufferPointer(rebasing: input[unread]), into: buffer)
            unread = unread.lowerBound + taken..<unread.upperBound
            if given > 0 { return given }
        }
    }
}
