import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import DurableFiles
import Foundation
import SystemPackage

/// Writes failed records as CSV for a spreadsheet.
public enum FailureExport {
    /// Rejected records that the store does not hold are read from the runs' `rejected.csv`, behind the others.
    ///
    /// - Parameters:
    ///   - directory: where these are.
    ///   - destination: a path, at which a file is replaced; `-` is standard output.
    /// - Returns: how many records were written.
    @concurrent
    public static func write(
        _ query: FailureQuery, of archive: any DurableStore, in directory: StateDirectory, to destination: String
    ) async throws(DeliveryError) -> Int {
        try await write(to: destination) { write throws(DeliveryError) in
            try await archive.forEachFailure(query, write)
            var beyond = try await RejectedBeyondStore(query, journal: archive, directory: directory)
            while let part = try await beyond.next() {
                for failure in part.failures { try write(FailedRecord(failure, of: part.run)) }
            }
        }
    }

    /// Calls what it is given with each record.
    private typealias Records = (_ write: (FailedRecord) throws(DeliveryError) -> Void) async throws(DeliveryError) ->
        Void

    @concurrent
    private static func write(to destination: String, _ records: Records) async throws(DeliveryError) -> Int {
        if destination == "-" { return try await write(records, into: .standardOutput) }
        let path = FilePath(destination)
        var status = stat()
        // A device or a link to one, such as /dev/stdout, would be replaced by the file.
        guard lstat(path.string, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw DeliveryError(
                .source,
                "\(path) already exists and is not a regular file. Choose another place, or - for standard output.")
        }
        let temporary = FilePath(path.string + ".\(getpid()).tmp")
        do {
            // A killed process that had the same number, as in each new container, may have left one.
            let file = try FileDraft(of: path, as: temporary)
            let count = try await write(records, into: file.descriptor)
            try file.commit(.nothing)
            return count
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw DeliveryError(.source, "\(path) can't be written: \(error). Choose another place.")
        }
    }

    private static func write(
        _ records: Records, into file: FileDescriptor
    ) async throws(DeliveryError) -> Int {
        var sink = Sink()
        CSVWriter.append(
            [
                "run", "line", "class", "reason", "status", "attempts", "time", "message", "name", "age", "cookie",
                "banner_id",
            ], to: &sink.bytes)
        try await records { record throws(DeliveryError) in try sink.append(record, to: file) }
        try sink.flush(to: file)
        return sink.count
    }

    private struct Sink {
        var bytes: [UInt8] = []
        var count = 0

        mutating func append(_ record: FailedRecord, to file: FileDescriptor) throws(DeliveryError) {
            count += 1
            CSVWriter.append(
                [
                    record.run.description, String(record.line), record.kind.rawValue, record.reason?.rawValue ?? "",
                    record.status ?? "", String(record.attempts),
                    record.time == .distantPast ? "" : record.time.formatted(.iso8601), record.message,
                ] + record.fields.texts, to: &bytes, guardFormulas: true)
            if bytes.count > 256 * 1024 { try flush(to: file) }
        }

        mutating func flush(to file: FileDescriptor) throws(DeliveryError) {
            do {
                try file.writeAll(bytes)
            } catch {
                throw DeliveryError(.source, "The records can't be written: \(error). Choose another place.")
            }
            bytes.removeAll(keepingCapacity: true)
        }
    }
}

extension FailedRecord {
    /// A record of which the store keeps nothing, not even when it was rejected.
    fileprivate init(_ failure: NewFailure, of run: RunID) {
        self.init(
            id: 0, run: run, line: failure.line, kind: failure.kind, reason: failure.reason, status: failure.status,
            message: failure.message, time: .distantPast, fields: failure.fields, raw: failure.raw)
    }
}
