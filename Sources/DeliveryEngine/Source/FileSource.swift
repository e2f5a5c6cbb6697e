import CustomerRecords
import DeliveryModel
import SystemPackage

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

/// An open file that is closed with its last user.
final class SourceFile: Sendable {
    let path: String
    private let descriptor: FileDescriptor

    /// - Throws: `DeliveryError` of code `source`: which file, why, what to do.
    init(_ path: String) throws(DeliveryError) {
        self.path = path
        do {
            let file = FilePath(platformString: try PathBytes.resolve(path))
            descriptor = try FileDescriptor.open(file, .readOnly, options: [.closeOnExec])
        } catch let error as DeliveryError {
            throw error
        } catch Errno.noSuchFileOrDirectory {
            throw DeliveryError(.source, "\(path): no such file. Check the path.")
        } catch Errno.permissionDenied {
            throw DeliveryError(.source, "\(path): not readable by this user. Check its owner and mode.")
        } catch {
            throw DeliveryError(.source, "\(path): can't be opened: \(error).")
        }
    }

    deinit { try? descriptor.close() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
        do {
            return try descriptor.read(fromAbsoluteOffset: Int64(offset), into: buffer)
        } catch {
            throw DeliveryError(.source, "\(path): can't be read at byte \(offset): \(error).")
        }
    }

    /// Reads on from where the last read ended; for what can be read only once.
    func readNext(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
        do {
            return try descriptor.read(into: buffer)
        } catch {
            throw DeliveryError(.source, "\(path): can't be read: \(error).")
        }
    }

    var rawDescriptor: CInt { descriptor.rawValue }
}
