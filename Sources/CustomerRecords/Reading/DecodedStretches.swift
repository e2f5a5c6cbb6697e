/// Gives stretches of a source that has to be decoded from its beginning. What lies between two of them is decoded and
/// dropped, and for one that begins before the end of the last, decoding begins again.
public final class DecodedStretches<Source: ByteSource & Sendable>: @unchecked Sendable {
    // One reader after another reads from it, and no two at the same time.
    private var source: DecodedSource<Source>
    private var offset = 0
    private let begin: @Sendable () throws -> DecodedSource<Source>

    /// - Parameter open: gives the bytes from their beginning.
    /// - Throws: `SourceFormatError` when the encoding is not known here.
    public init(decoding: SourceDecoding, open: @escaping @Sendable () -> Source) throws {
        begin = { try DecodedSource(open(), decoding: decoding) }
        source = try begin()
    }

    /// The text from one place to another; `nil` is its end.
    public func stretch(from start: Int, to end: Int? = nil) throws -> Stretch {
        if start < offset {
            source = try begin()
            offset = 0
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while offset < start {
            let count = min(buffer.count, start - offset)
            if try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])) == 0 { break }
        }
        return Stretch(stretches: self, end: end)
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        offset += count
        return count
    }

    /// A part of the text. Only the newest one may be read.
    public struct Stretch: ByteSource, Sendable {
        fileprivate let stretches: DecodedStretches
        fileprivate let end: Int?

        public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let length = min(buffer.count, end.map { $0 - stretches.offset } ?? .max)
            guard length > 0 else { return 0 }
            return try stretches.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<length]))
        }
    }
}
