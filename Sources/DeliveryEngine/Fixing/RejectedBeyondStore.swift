import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// The rejected records that a query selects and the store does not hold, read from the runs' `rejected.csv`.
struct RejectedBeyondStore: ~Copyable {
    struct Part: Sendable {
        var run: RunID
        var failures: [NewFailure]
    }

    private struct File: Sendable {
        var run: RunID
        var dialect: CSVDialect
        /// Lines that the store holds or held.
        var known: Set<Int>
    }

    private let query: FailureQuery
    private let journal: any DurableStore
    private let directory: StateDirectory
    /// Runs that are still to be read, in reverse.
    private var runs: [RunID]
    private var file: File?
    private var reader: RejectedFileReader?

    init(
        _ query: FailureQuery, journal: any DurableStore, directory: StateDirectory
    ) async throws(DeliveryError) {
        self.query = query
        self.journal = journal
        self.directory = directory
        let holdsRejected = (query.kinds.isEmpty || query.kinds.contains(.rejected)) && query.status == nil
        runs = holdsRejected ? try await Self.runs(query.run, journal, directory) : []
    }

    /// Runs that rejected more records than the store keeps of them, newest first.
    private static func runs(
        _ only: RunID?, _ journal: any DurableStore, _ directory: StateDirectory
    ) async throws(DeliveryError) -> [RunID] {
        if let only {
            guard let run = try await journal.run(only), run.counts.rejected > 0 else { return [] }
            return [only]
        }
        var runs: [RunID] = []
        var before: RunID?
        while true {
            let page = try await journal.runs(limit: 500, before: before)
            runs += page.filter { $0.counts.rejected > RejectedFile.journalLimit || isLong($0.id, directory) }.map(\.id)
            guard page.count == 500, let end = page.last else { return runs }
            before = end.id
        }
    }

    private static func isLong(_ run: RunID, _ directory: StateDirectory) -> Bool {
        var status = stat()
        return stat(directory.rejected(of: run).string, &status) == 0
            && Int(status.st_size) > RejectedFile.wholeInJournal
    }

    /// The next records, perhaps none of them; `nil` at the end.
    mutating func next() async throws(DeliveryError) -> Part? {
        while true {
            if let file, let rows = try reader?.next() {
                let failures = rows.compactMap { row -> NewFailure? in
                    guard !file.known.contains(row.line) else { return nil }
                    let fields = Self.fields(row, file.dialect)
                    guard selects(row, fields) else { return nil }
                    return NewFailure(
                        line: row.line, kind: .rejected, reason: row.reason, message: row.message, fields: fields,
                        raw: row.raw)
                }
                return Part(run: file.run, failures: failures)
            }
            file = nil
            reader = nil
            guard let run = runs.popLast() else { return nil }
            guard let dialect = try await journal.dialect(of: run) else { continue }
            reader = try RejectedFileReader(directory.rejected(of: run))
            file = File(run: run, dialect: dialect, known: try await journal.failureLines(of: run))
        }
    }

    /// Of a record that could not be taken apart nothing is known but what was read.
    private static func fields(_ row: RejectedFileReader.Row, _ dialect: CSVDialect) -> RecordFields {
        var raw = row.raw
        return raw.withUTF8 { dialect.fields(of: UnsafeRawBufferPointer($0)) } ?? RecordFields()
    }

    /// As the store selects.
    private func selects(_ row: RejectedFileReader.Row, _ fields: RecordFields) -> Bool {
        if let reason = query.reason, reason != row.reason { return false }
        guard !query.text.isEmpty else { return true }
        let text = query.text.lowercased()
        let all = fields.texts + [row.message, row.raw, FailedRecord.Kind.rejected.rawValue, row.reason.rawValue]
        return all.contains { $0.lowercased().contains(text) }
    }
}
