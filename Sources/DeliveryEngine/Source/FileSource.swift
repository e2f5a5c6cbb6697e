import CustomerRecords
import DeliveryModel

/// A file's bytes, or those of a stretch of it.
final class FileSource: ByteSource, Sendable {
    private let file: SourceFile
    private let cursor: Cursor
    private let watch: ChangeWatch?
    private let endsWithLine: Bool

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
    /// - Parameter endsWithLine: of a file that somebody adds to, nothing is given of the line that is not complete there.
    init(
        _ file: SourceFile, from offset: Int = 0, to end: Int? = nil, watch: ChangeWatch? = nil,
        endsWithLine: Bool = false
    ) {
        self.file = file
        self.watch = watch
        self.endsWithLine = endsWithLine
        cursor = Cursor(offset: offset, end: end)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var end = cursor.end
        if endsWithLine, let watch, let known = end, watch.wholeLines < known {
            if cursor.offset < watch.wholeLines {
                end = watch.wholeLines
            } else {
                // It is given last and alone: by now somebody may have written the rest of it.
                try watch.check()
                if watch.hasGrown { return 0 }
            }
        }
        let count = min(buffer.count, end.map { $0 - cursor.offset } ?? .max)
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
