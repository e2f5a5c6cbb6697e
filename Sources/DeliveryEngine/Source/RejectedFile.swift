import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// The run's `rejected.csv`: line, code, message and the raw record of everything that broke a rule.
///
/// It is written ahead of the journal, which remembers how long it was with each batch: a resumed run cuts it back
/// to there, so that no record stands in it twice.
struct RejectedFile: RejectedRecordSink, ~Copyable {
    /// How far the file has got, and the records since the last time that the journal takes, too.
    struct Checkpoint: Sendable {
        var kept: [NewFailure] = []
        /// Bytes of the file.
        var length = 0
        /// What was noted of the source up to there, if that is more than before.
        var notices: [Notice]?
        /// What the source was as far as it was read, if that is further than before.
        var read: ContentIdentity?
    }

    private let path: FilePath
    private let dialect: CSVDialect
    private let rules: RecordRules
    private let wording: OptionWording
    /// Whether its records arrived in JSON.
    private let holdsJSON: Bool
    private var file: FileDescriptor?
    private var buffer: [UInt8] = []
    private var written: Int
    /// Rejected records, and bytes of them, that the journal still takes for the screen.
    private var room: Int
    private var bytesOfRoom = journalBytes
    private var kept: [NewFailure] = []

    static let journalLimit = FailedRecord.maximumRejected
    private static let journalBytes = 4 << 20
    /// A run whose file is no longer than this has all of its rejected records in the journal, unless they are too many.
    static let wholeInJournal = journalBytes - (64 << 10)
    private static let bufferSize = 256 * 1024

    init(
        path: FilePath, dialect: CSVDialect, rules: RecordRules, wording: OptionWording = .commandLine,
        holdsJSON: Bool = false, length: Int, alreadyKept: Int
    ) {
        self.path = path
        self.dialect = dialect
        self.rules = rules
        self.wording = wording
        self.holdsJSON = holdsJSON
        written = length
        room = max(0, Self.journalLimit - alreadyKept)
    }

    deinit { try? file?.close() }

    mutating func rejected(line: Int, fault: RecordFault, raw: UnsafeRawBufferPointer) throws {
        if written + buffer.count == 0 {
            CSVWriter.append(Self.header, to: &buffer)
        }
        var text = String(decoding: raw, as: UTF8.self)
        let reason = fault.reason
        var message = dialect.message(for: fault, in: raw, rules: rules, wording: wording)
        // A JSON element that is no record arrives as two fields: what is wrong, and the element (`RecordLines`).
        if holdsJSON, case .tooFewFields(2, _) = fault {
            let parts = CSVRow.fields(of: raw)
            (message, text) = (parts[0], parts[1])
        }
        CSVWriter.append([String(line), reason.rawValue, message, text], to: &buffer)
        if room > 0, raw.count <= bytesOfRoom {
            room -= 1
            bytesOfRoom -= raw.count
            kept.append(
                NewFailure(
                    line: line, kind: .rejected, reason: reason, message: message,
                    fields: dialect.fields(of: raw) ?? RecordFields(), raw: text))
        }
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Writes what is buffered.
    mutating func checkpoint() throws -> Checkpoint {
        try flush()
        defer { kept = [] }
        return Checkpoint(kept: kept, length: written)
    }

    private mutating func flush() throws {
        guard !buffer.isEmpty else { return }
        let file = try opened()
        do {
            try file.writeAll(toAbsoluteOffset: Int64(written), buffer)
        } catch {
            throw DeliveryError(
                .journal, "\(path): can't be written: \(error). Free up space; \(DeliveryError.resumesThen)")
        }
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func opened() throws -> FileDescriptor {
        if let file { return file }
        try StateDirectory.createFolder(path.removingLastComponent())
        do {
            let opened = try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec, .noFollow], permissions: [.ownerReadWrite])
            file = opened
            let length = Int(try opened.seek(offset: 0, from: .end))
            if length < written { try fill(opened, from: length) } else { try opened.resize(to: Int64(written)) }
            return opened
        } catch {
            throw DeliveryError(.journal, "\(path): can't be opened: \(error).")
        }
    }

    /// What another node wrote before, or somebody removed, is not here: rows keep their places behind empty lines.
    private func fill(_ file: FileDescriptor, from length: Int) throws {
        var bytes: [UInt8] = []
        if length == 0 { CSVWriter.append(Self.header, to: &bytes) }
        let empty = [UInt8](repeating: UInt8(ascii: "\n"), count: Self.bufferSize)
        var place = length
        while place < written {
            if bytes.isEmpty { bytes = empty }
            let part = bytes.prefix(written - place)
            try file.writeAll(toAbsoluteOffset: Int64(place), part)
            place += part.count
            bytes = []
        }
    }

    private static let header = ["line", "code", "message", "record"]

    /// Cuts the file back to what the journal knows.
    static func truncate(_ path: FilePath, to length: Int) {
        if length == 0 { unlink(path.string) } else { Foundation.truncate(path.string, length) }
    }
}
