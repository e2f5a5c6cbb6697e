/// Checks a gzip stream as a whole, and how long its content is.
public enum GzipLength {
    /// - Parameter limit: the most bytes that the content may have.
    /// - Returns: the content's bytes; `nil` when they are more than `limit`, which a small stream may hide.
    /// - Throws: `SourceFormatError` for a stream that is cut off or damaged, and what the source throws.
    public static func of(_ source: some ByteSource, limit: Int) throws -> Int? {
        var source = try DecodedSource(source, decoding: SourceDecoding(isCompressed: true))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var length = 0
        while case let count = try source.readText(into: buffer), count > 0 {
            length += count
            if length > limit { return nil }
        }
        return length
    }
}
