import CustomerRecords

/// A run's source as text, from any place of it. Of text that has to be decoded, what was asked for last is the only one
/// that may be read, and going back costs decoding it again.
struct RunBytes: Sendable {
    private let file: SourceFile
    private let size: Int?
    private let watch: ChangeWatch?
    /// Present when the bytes are not the text.
    private let decoded: DecodedStretches<FileSource>?

    /// - Parameter size: bytes of the file when the run began; what somebody adds after that is not part of it.
    init(_ file: SourceFile, size: Int?, decoding: SourceDecoding, watch: ChangeWatch? = nil) throws {
        self.file = file
        self.size = size
        self.watch = watch
        decoded =
            decoding.isPlain
            ? nil : try DecodedStretches(decoding: decoding) { FileSource(file, to: size, watch: watch) }
    }

    func text(from start: Int, to end: Int? = nil) throws -> Text {
        if let decoded { return .decoded(try decoded.stretch(from: start, to: end)) }
        return .plain(FileSource(file, from: start, to: end ?? size, watch: watch, endsWithLine: end == nil))
    }

    enum Text: ByteSource, Sendable {
        case plain(FileSource)
        case decoded(DecodedStretches<FileSource>.Stretch)

        mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            switch self {
            case .plain(let source): return try source.read(into: buffer)
            case .decoded(var stretch): return try stretch.read(into: buffer)
            }
        }
    }
}
