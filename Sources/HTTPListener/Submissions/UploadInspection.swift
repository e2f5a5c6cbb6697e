import CustomerRecords
import DeliveryModel
import NIOHTTP1
import SystemPackage

/// What the listener looks at in an upload that lies in the spool, before it becomes a run.
struct UploadInspection: Sendable {
    /// As much as is looked at to know how a file is written.
    private static let headBytes = 64 << 10

    /// Whether nothing of it, or of its beginning, is a line end.
    private(set) var isOneLine = false
    private let head: [UInt8]

    /// - Throws: `Refusal` with 400 when it is compressed and cut off or damaged, and 413 when it holds more than
    ///   an upload may.
    init(path: String, name: String, limits: ListenerLimits) throws {
        let file = try SpooledSource(path)
        let head = try file.head(Self.headBytes)
        self.head = head
        isOneLine = !head.isEmpty && !head.contains { $0 == 0x0a || $0 == 0x0d || $0 < 0x09 }
        guard head.starts(with: [0x1f, 0x8b]) else { return }
        isOneLine = false
        do {
            guard try GzipLength.of(file, limit: limits.uploadBytes) != nil else {
                throw Refusal.fileTooLarge(limits)
            }
        } catch let error as SourceFormatError {
            throw Refusal(.badRequest, error.message(for: name, wording: .form))
        }
    }

    /// Refuses a body whose line ends were removed: it would be read as a header without records.
    /// - Throws: `Refusal` with 400.
    func checkLines(_ options: ReaderOptions) throws {
        guard isOneLine, case let seen = try SourceInspection(of: MemorySource(head), options: options),
            case .success(let dialect) = seen.result, dialect.hasHeader,
            // The records that followed the header have an age and a banner.
            seen.columns.contains(where: { Int($0.title) != nil })
        else { return }
        throw Refusal(.badRequest, "The file has a header but no records." + Self.hint)
    }

    /// Adds to what is wrong with the source what the reason may be.
    func explaining(_ error: DeliveryError) -> DeliveryError {
        guard isOneLine, error.code == .source else { return error }
        var error = error
        error.message += Self.hint
        return error
    }

    private static let hint =
        " The body is one line without a line end: curl -d removes them, so use --data-binary @file.csv."
}

/// A file of the spool.
private final class SpooledSource: ByteSource {
    private let descriptor: FileDescriptor
    private var offset: Int64 = 0

    init(_ path: String) throws {
        descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: [.noFollow, .closeOnExec])
    }

    deinit { try? descriptor.close() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try descriptor.read(fromAbsoluteOffset: offset, into: buffer)
        offset += Int64(count)
        return count
    }

    /// The first bytes, which are read again afterwards.
    func head(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let room = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
                let read = try descriptor.read(fromAbsoluteOffset: Int64(filled), into: room)
                if read == 0 { break }
                filled += read
            }
        }
    }
}
