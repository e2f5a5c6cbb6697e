import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation
public import SystemPackage

/// Ends a run for good: what was not delivered is listed as failed, as far as its source can still be read.
public struct RunDiscard: Sendable {
    /// What became of the run.
    public struct Result: Sendable {
        public var summary: RunSummary
        /// What could not be listed, or was never read, and where it is; `nil` when nothing is left over.
        public var remainder: String?
    }

    private let store: any DurableStore
    private let directory: StateDirectory
    private let unsent: FilePath
    private let owner: RunOwner

    public init(store: any DurableStore, directory: StateDirectory, unsent: FilePath, owner: RunOwner = .current) {
        self.store = store
        self.directory = directory
        self.unsent = unsent
        self.owner = owner
    }

    /// - Throws: `notFound`, or `conflict` when the run has its end already.
    @concurrent
    public func discard(_ id: RunID, by asker: Operator = Engine.asker) async throws(DeliveryError) -> Result {
        guard let summary = try await store.run(id) else { throw DeliveryError.unknownRun(id) }
        guard summary.isResumable else {
            throw DeliveryError(.conflict, "Run \(id) has already ended: nothing is left to discard.")
        }
        let binding = summary.binding
        guard let run = try await store.reopen(id, by: owner, for: binding) else { throw DeliveryError.unknownRun(id) }
        var remainder: [String] = []
        if let path = directory.path(of: run.source.location) {
            if let why = try await failPending(of: run, path) { remainder.append(why) }
            let counted = try await store.run(id)?.unreadBytes
            if let unread = counted ?? Self.decodedRest(of: run, path), unread > 0 {
                remainder.append("\(unread) bytes from line \(run.readPosition.line) on were not read: \(path)")
            }
        } else {
            try await failStored(of: run)
        }
        try await store.commit([
            .standingOrder(id, .discarded), .state(id, .stopped(reason: "discarded"), endedAt: Date()),
            .audit(
                AuditEntry(at: Date(), by: asker, .discard, run: id, records: summary.counts.pending)),
        ])
        try await UnsentFile.line.pass { () throws(DeliveryError) in
            var file = try await UnsentFile(of: run.summary.localDay, in: unsent, archive: store)
            if try await store.run(id)?.undelivered ?? 0 > 0 { try await file.claim(for: id) }
            let path = try await file.write()
            try await store.commit([.unsentFile(id, path?.string)])
        }
        guard let ended = try await store.run(id) else { throw DeliveryError.unknownRun(id) }
        return Result(summary: ended, remainder: remainder.isEmpty ? nil : remainder.joined(separator: " "))
    }

    /// Bytes of text that were not read of a source that has to be decoded; `nil` when it can't be.
    private static func decodedRest(of run: ResumableRun, _ path: String) -> Int? {
        guard let dialect = run.dialect, let file = try? SourceFile(path),
            let bytes = try? RunBytes(file, size: run.source.fingerprint?.size, decoding: dialect.decoding)
        else { return nil }
        let rest = ContentHasher()
        // As far as it can be read: it may be damaged further on.
        try? rest.update(bytes.text(from: run.readPosition.offset))
        return rest.length
    }

    /// - Returns: why records that were read can't be listed; they stay pending in the run's counts.
    private func failPending(of run: ResumableRun, _ path: String) async throws(DeliveryError) -> String? {
        guard let dialect = run.dialect, !run.openBatches.isEmpty else { return nil }
        do throws(DeliveryError) {
            let file = try SourceFile(path)
            guard let known = run.source.fingerprint, try file.fingerprint().isAlike(known) else {
                throw DeliveryError(.source, "\(path) changed since the run began.")
            }
            let size = run.source.fingerprint?.size
            let kept = NewRecordsFile(directory, run.summary.id)
            let newRecords = run.options.onlyNew == nil ? nil : kept.read()
            if run.options.onlyNew != nil, newRecords == nil { throw kept.missing(run.summary.source) }
            try await RunReader.forEachKnown(
                run.openBatches, of: file, size: size, options: run.options, dialect: dialect, folder: directory.spool,
                newRecords: newRecords
            ) { row, batch in try await fail(row, batch, of: run.summary.id) }
            return nil
        } catch {
            guard error.code == .source else { throw error }
            return "\(run.summary.counts.pending) records that were read can't be listed: \(error.message)"
        }
    }

    private func failStored(of run: ResumableRun) async throws(DeliveryError) {
        let id = run.summary.id
        for row in run.openBatches {
            let records = try await store.storedRecords(of: id, from: row.start.offset, limit: row.records)
            let batch = try RecordBatch(stored: records, from: row.start.offset, run: id)
            try await fail(row, batch, of: id)
        }
        var (position, sequence) = (run.readPosition.offset, run.nextSequence)
        while case let records = try await store.storedRecords(of: id, from: position, limit: 1000), !records.isEmpty {
            let batch = try RecordBatch(stored: records, from: position, run: id)
            let row = BatchRow(
                sequence: sequence, state: .planned, start: batch.start, end: batch.end, checksum: batch.checksum,
                records: batch.count, tally: batch.tally)
            try await store.commit([.plan(id, row, rejects: [], rejectsBytes: 0)])
            try await fail(row, batch, of: id)
            position += records.count
            sequence += 1
        }
    }

    private func fail(_ row: BatchRow, _ batch: RecordBatch, of run: RunID) async throws(DeliveryError) {
        let parts = row.parts.isEmpty ? [0..<batch.count] : row.parts.map(\.records)
        var operations: [JournalOperation] = []
        for records in parts {
            let failures = records.map { index in
                let row = batch.customer(at: index)
                return NewFailure(
                    line: row.line, kind: .retryable, status: "discarded", message: "not sent: the run was discarded",
                    fields: row.fields)
            }
            operations.append(
                .fail(run, sequence: row.sequence, records: records, isWhole: row.parts.isEmpty, failures: failures))
        }
        try await store.commit(operations)
    }
}
