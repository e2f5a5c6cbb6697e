import CustomerRecords
import DeliveryModel

/// A file's bytes, or those of a stretch of it.
final class FileSource: ByteSource, Sendable {
    private let file: SourceFile
    private let cursor: Cursor
    private let watch: ChangeWatch?

    /// Only the one reader that owns the source moves it.
    private final class Cursor: @unchecked Sendable {
        var offset: Int
        let end: Int?

        init(offset: Int, end: Int?) {
            self.offset = offset
            self.end = end
        }
    }

    /// - Parameter end: the byte up to which there is something to read; a file that ends before it is an error, since
    ///   its last record would be taken for a whole one.
    init(_ file: SourceFile, from offset: Int = 0, to end: Int? = nil, watch: ChangeWatch? = nil) {
        self.file = file
        self.watch = watch
        cursor = Cursor(offset: offset, end: end)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, cursor.end.map { $0 - cursor.offset } ?? .max)
        guard count > 0 else { return 0 }
        let read = try file.read(at: cursor.offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        try watch?.check()
        cursor.offset += read
        guard read > 0 || cursor.end == nil else {
            throw DeliveryError(
                .source, "\(file.path) got shorter while it was being read. Restore the whole file and resume the run.")
        }
        return read
    }
}
