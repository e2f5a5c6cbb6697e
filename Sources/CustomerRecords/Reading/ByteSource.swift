/// Where the bytes of a source come from: a file, a pipe, memory.
public protocol ByteSource {
    /// Reads up to as many bytes as the buffer holds, and returns how many; 0 only at the end of the source.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// A source that stands in memory: for submissions of a few records, and for tests.
public struct MemorySource: ByteSource, Sendable {
    private let bytes: [UInt8]
    private let chunk: Int
    private var offset = 0

    /// - Parameter chunk: the most bytes of one read.
    public init(_ bytes: [UInt8], chunk: Int = .max) {
        self.bytes = bytes
        self.chunk = max(1, chunk)
    }

    public init(_ text: String, chunk: Int = .max) {
        self.init(Array(text.utf8), chunk: chunk)
    }

    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, chunk, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<(offset + count)])
        offset += count
        return count
    }
}
