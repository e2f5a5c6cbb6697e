import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// A source that is ready to be read, perhaps more than once.
struct PreparedSource: Sendable {
    let file: SourceFile
    let name: RunSource
    /// Whether the file lies in the spool and goes with the run.
    let isOwned: Bool
    let fingerprint: SourceFingerprint
    let dialect: CSVDialect
    /// Why its sender does not want it to be sent.
    let refusal: QualityGate.Refusal?

    /// How much text there is to read; `nil` when that shows only when it has been decoded.
    var total: Int? { dialect.decoding.isPlain ? fingerprint.size : nil }

    /// Where a later process finds it.
    var location: SourceLocation {
        isOwned ? .spool(name: FilePath(file.path).lastComponent?.string ?? "") : .file(path: file.path)
    }

    /// Opens a file; whatever can be read only once is copied to the spool first.
    @concurrent
    init(
        _ source: RunRequest.Source, options: ReaderOptions, spool: FilePath, freeSpace: FreeSpace
    ) async throws(DeliveryError) {
        switch source {
        case .file("-"):
            file = try await Self.spool(descriptor: STDIN_FILENO, named: "standard input", in: spool, freeSpace)
            name = .standardInput
            isOwned = true
        case .file(let path):
            let opened = try SourceFile(Self.absolute(path))
            switch try opened.kind() {
            case .directory: throw DeliveryError(.source, "\(path): is a directory. Specify a CSV file.")
            case .regular:
                file = opened
                isOwned = false
            case .stream:
                file = try await Self.spool(descriptor: opened.rawDescriptor, named: path, in: spool, freeSpace)
                withExtendedLifetime(opened) {}
                isOwned = true
            }
            name = .file(path: path)
        case .spooled(let path, let source):
            file = try SourceFile(path)
            name = source
            isOwned = true
        }
        fingerprint = try file.fingerprint()
        // A file that can't be understood is refused before there is a run.
        do {
            (dialect, refusal) = try Self.understand(file, options, named: name, spool: spool)
        } catch {
            // Nobody else knows of this copy.
            if case .file = source, isOwned { unlink(file.path) }
            throw error
        }
    }

    private static func understand(
        _ file: SourceFile, _ options: ReaderOptions, named name: RunSource, spool: FilePath
    ) throws(DeliveryError) -> (CSVDialect, QualityGate.Refusal?) {
        do {
            var reader = RecordReader(source: FileSource(file), options: options)
            let dialect = try reader.readDialect()
            try checkCompression(file, dialect, named: name)
            let gate = QualityGate(file: file, name: name, options: options, dialect: dialect, spool: spool)
            return (dialect, try gate.check())
        } catch {
            throw name.readingFault(error)
        }
    }

    /// That a compressed source is damaged shows at its end only, and what was decompressed before that may be anything.
    /// One that was cut off holds what it should as far as it goes.
    private static func checkCompression(_ file: SourceFile, _ dialect: CSVDialect, named name: RunSource) throws {
        // The listener checked an upload before it accepted it.
        if case .upload = name { return }
        guard dialect.decoding.isCompressed else { return }
        do {
            _ = try GzipLength.of(FileSource(file), limit: .max)
        } catch let error as SourceFormatError {
            if case .cutOffCompression = error.code { return }
            throw error
        }
    }

    /// A run is resumed from another folder, perhaps.
    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// Copies a stream on a thread of its own, since reading it may take forever.
    private static func spool(
        descriptor: CInt, named name: String, in folder: FilePath, _ freeSpace: FreeSpace
    ) async throws(DeliveryError) -> SourceFile {
        let path = folder.appending(SpoolName.newInput())
        let result: Result<Void, DeliveryError> = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                do throws(DeliveryError) {
                    continuation.resume(returning: .success(try copy(descriptor, to: path, named: name, freeSpace)))
                } catch {
                    unlink(path.string)
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        try result.get()
        return try SourceFile(path.string)
    }

    private static func copy(
        _ input: CInt, to path: FilePath, named name: String, _ freeSpace: FreeSpace
    ) throws(DeliveryError) {
        do {
            let input = FileDescriptor(rawValue: input)
            let output = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: [.ownerReadWrite])
            defer { try? output.close() }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
            defer { buffer.deallocate() }
            var unchecked = 0
            while true {
                let count = try input.read(into: buffer)
                if count == 0 { break }
                unchecked += count
                if unchecked >= 8 << 20 {
                    try freeSpace.check()
                    unchecked = 0
                }
                try output.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            guard fsync(output.rawValue) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw DeliveryError(.source, "\(name): can't be copied to \(path): \(error).")
        }
    }
}
