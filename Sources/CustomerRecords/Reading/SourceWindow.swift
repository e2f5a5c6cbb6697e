/// The part of a source that is being read: a buffer of fixed size through which the source moves.
struct SourceWindow<Source: ByteSource> {
    private static var capacity: Int { 512 << 10 }

    private var source: DecodedSource<Source>
    /// The window's bytes and then the scanner's padding.
    private(set) var bytes: [UInt8]
    /// The end of the source's bytes in the window.
    private(set) var filled = 0
    private(set) var isAtEnd = false
    /// Where in the source the window begins.
    private(set) var offset: Int

    init(source: DecodedSource<Source>, offset: Int) {
        self.source = source
        self.offset = offset
        bytes = [UInt8](repeating: 0, count: Self.capacity + RecordScanner.padding)
    }

    /// How the source's bytes become text.
    var decoding: SourceDecoding { source.decoding }

    /// Looks at the source's first bytes and prepares for what they are.
    mutating func detect(encoding: String?) throws { try source.detect(encoding: encoding) }

    /// Reads as much as the window holds from `cursor` on, so that what is found there never depends on how the source
    /// gives its bytes.
    ///
    /// - Returns: by how much the bytes moved toward the window's beginning.
    mutating func fill(from cursor: Int) throws -> Int {
        if cursor > 0 { moveToBeginning(from: cursor) }
        while filled < Self.capacity, !isAtEnd {
            let count = try bytes.withUnsafeMutableBytes { bytes in
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<Self.capacity]))
            }
            filled += count
            isAtEnd = count == 0
        }
        return cursor
    }

    /// Reads on until the bytes from `cursor` suffice for the longest record, or the source ends.
    ///
    /// - Returns: by how much the bytes moved toward the window's beginning.
    mutating func refill(from cursor: Int) throws -> Int {
        var moved = 0
        // Little room left would mean many small reads, and moving for each.
        if Self.capacity - filled < Self.capacity / 2 {
            moved = cursor
            moveToBeginning(from: cursor)
        }
        let wanted = cursor - moved + RecordScanner.lookahead
        repeat {
            let count = try bytes.withUnsafeMutableBytes { bytes in
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<Self.capacity]))
            }
            filled += count
            isAtEnd = count == 0
        } while filled < wanted && !isAtEnd
        return moved
    }

    /// Makes room: what is before `cursor` was read.
    private mutating func moveToBeginning(from cursor: Int) {
        bytes.withUnsafeMutableBytes { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[cursor..<filled]))
        }
        filled -= cursor
        offset += cursor
    }
}

extension SourceWindow: Sendable where Source: Sendable {}
