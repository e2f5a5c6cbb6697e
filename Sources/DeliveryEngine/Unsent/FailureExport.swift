import CustomerRecords
public import DeliveryJournal
public import DeliveryModel
import Foundation
import Synchronization
import SystemPackage

/// Writes failed records as CSV for a spreadsheet.
public enum FailureExport {
    /// - Returns: how many records were written.
    @concurrent
    public static func write(
        _ query: FailureQuery, of journal: Journal, to destination: String
    ) async throws(DeliveryError) -> Int {
        let path = FilePath(destination)
        let temporary = FilePath(path.string + ".\(getpid()).tmp")
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite])
            let sink = Mutex(Sink())
            do {
                sink.withLock { sink in
                    CSVWriter.append(
                        [
                            "run", "line", "class", "reason", "status", "attempts", "time", "message", "name", "age",
                            "cookie", "banner_id",
                        ], to: &sink.bytes)
                }
                try await journal.forEachFailure(query) { record in
                    try sink.withLock { try $0.append(record, to: file) }
                }
                try sink.withLock { try $0.flush(to: file) }
            } catch {
                try? file.close()
                throw error
            }
            try file.close()
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
            return sink.withLock { $0.count }
        } catch let error as DeliveryError {
            unlink(temporary.string)
            throw error
        } catch {
            unlink(temporary.string)
            throw DeliveryError(.source, "\(path) can't be written: \(error). Choose another place.")
        }
    }

    private struct Sink {
        var bytes: [UInt8] = []
        var count = 0

        mutating func append(_ record: FailedRecord, to file: FileDescriptor) throws {
            count += 1
            CSVWriter.append(
                [
                    record.run.description, String(record.line), record.kind.rawValue, record.reason?.rawValue ?? "",
                    record.status ?? "", String(record.attempts), record.time.formatted(.iso8601), record.message,
                    record.name, record.age, record.cookie, record.bannerID,
                ], to: &bytes, guardFormulas: true)
            if bytes.count > 256 * 1024 { try flush(to: file) }
        }

        mutating func flush(to file: FileDescriptor) throws {
            try file.writeAll(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
    }
}
