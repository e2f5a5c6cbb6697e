import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// Reads a run's source batch by batch and offers them to the engine.
enum RunReader {
    /// Where reading begins, or continues when the run was interrupted.
    struct Continuation: Sendable {
        var dialect: CSVDialect
        var position: SourcePosition
        /// Bytes of the source when the run began; what somebody adds after that is not part of it.
        var size: Int?
        var openBatches: [BatchRow] = []
        var rejectsBytes = 0
        var storedRejects = 0
        /// What was noted of the source up to there.
        var notices: [Notice] = []
        /// What the source was as far as it had been read.
        var read: ContentIdentity?
        /// Whether the file's modification time has changed since the run began.
        var isTouched = false

        var isBeginning: Bool { openBatches.isEmpty && position == dialect.firstRecord }
    }

    /// Reads a file, from its beginning or from where an earlier process left off.
    @concurrent
    static func read(
        _ file: SourceFile, named source: RunSource, options: ReaderOptions, from place: Continuation, run: RunID,
        engine: Engine
    ) async {
        do {
            let sourceEnded = try await readFile(file, source, options, place, run, engine)
            await engine.tell(.readerEnded(run, sourceEnded: sourceEnded))
        } catch let error as DeliveryError {
            await engine.tell(.readerFailed(run, error))
        } catch let fault as VisitorTableFault {
            await engine.tell(.readerFailed(run, DeliveryError(.journal, "\(source.text): \(fault)")))
        } catch let error as SourceFormatError {
            let fault = source.lateFault(
                error, isCopy: FilePath(file.path).removingLastComponent() == engine.directory.spool)
            await engine.tell(error.code == .noMemory ? .readerFailed(run, fault) : .sourceBroken(run, fault))
        } catch {
            await engine.tell(.readerFailed(run, DeliveryError(.source, "\(source.text): \(error)")))
        }
    }

    private static func readFile(
        _ file: SourceFile, _ source: RunSource, _ options: ReaderOptions, _ place: Continuation, _ run: RunID,
        _ engine: Engine
    ) async throws -> Bool {
        let dialect = place.dialect
        let hasher = try hasher(of: file, source.text, place)
        let watch = try ChangeWatch(file, size: place.size)
        let bytes = try RunBytes(file, size: place.size, decoding: dialect.decoding, watch: watch)
        var next = (batchSize: options.batchSize, spare: RecordBatch?.none)
        await engine.tell(.readerOpened(run))
        let list = try await engine.deliveryList(options)
        var newRecords = try await newRecords(of: file, source, options, place, run, list, engine)
        var known = KnownBatches(
            of: file, bytes, options: options, dialect: dialect, visitors: VisitorTable(folder: engine.directory.spool),
            newRecords: newRecords)
        for row in place.openBatches {
            var formed = try known.batch(row)
            if let list { formed.makeDeliveryKeys(for: list) }
            let batch = PlannedBatch(batch: formed, known: row)
            guard let more = await engine.enqueue(batch, for: run) else { return false }
            next = more
        }
        try known.catchUp(to: place.position)
        if let list, var records = newRecords, !place.isBeginning {
            // What is formed from here on is new by what is known now.
            records.truncate(to: known.recordNumber)
            records = try await NewRecordSearch(store: engine.journal, list: list).search(
                RecordReader(
                    source: try bytes.text(from: place.position.offset), options: options.readingAll,
                    resumingAt: place.position, dialect: dialect), after: records)
            try NewRecordsFile(engine.directory, run).write(records)
            newRecords = records
        }
        var entering = 0
        var reader = RecordReader(
            source: HashedSource(base: try bytes.text(from: place.position.offset), hasher: hasher), options: options,
            resumingAt: place.position, dialect: dialect, visitors: known.visitors, newRecords: newRecords,
            recordNumber: known.recordNumber)
        var rejected = RejectedFile(
            path: engine.directory.rejected(of: run), dialect: dialect, rules: options.rules,
            wording: source.wording, holdsJSON: source.holdsJSON, length: place.rejectsBytes,
            alreadyKept: place.storedRejects)
        var notices = place.notices
        var noted = 0
        while true {
            reader.batchSize = next.batchSize
            let spare = next.spare.take()
            guard var batch = try reader.nextBatch(reusing: spare, rejects: &rejected) else {
                if watch.isTouched { try checkUnchanged(hasher, bytes, watch) }
                // A fault of the journal is the scheduler's to notice, with the next commit that a delivery needs.
                try? await engine.commits.commit([.identify(run, hasher.identity)])
                return true
            }
            if let list {
                batch.makeDeliveryKeys(for: list)
                entering += batch.count
                if entering >= DeliveredList.entriesBetweenCompactions {
                    entering = 0
                    try await engine.journal.compactDelivered(in: list.id)
                }
            }
            var planned = PlannedBatch(batch: batch, rejects: try rejected.checkpoint())
            try watch.check()
            let hasGrown = watch.hasGrown && !notices.contains { $0.code == .grown }
            if hasGrown { notices.add(Notice(.grown)) }
            if !batch.notices.isEmpty || hasGrown {
                notices.add(batch.notices)
                planned.rejects.notices = notices
            }
            // It grows with the reader's window, which holds many batches.
            if hasher.length > noted {
                noted = hasher.length
                planned.rejects.read = hasher.identity
            }
            guard let more = await engine.enqueue(planned, for: run) else { return false }
            next = more
        }
    }

    /// Which records of a source are new: decided when its run begins, and known from then on.
    private static func newRecords(
        of file: SourceFile, _ source: RunSource, _ options: ReaderOptions, _ place: Continuation, _ run: RunID,
        _ list: DeliveryList?, _ engine: Engine
    ) async throws -> NewRecords? {
        guard let list else { return nil }
        let kept = NewRecordsFile(engine.directory, run)
        guard place.isBeginning else {
            guard let known = kept.read() else { throw kept.missing(source) }
            return known
        }
        try await engine.journal.compactDelivered(in: list.id)
        let bytes = try RunBytes(file, size: place.size, decoding: place.dialect.decoding)
        let records = try await NewRecordSearch(store: engine.journal, list: list).search(
            RecordReader(
                source: try bytes.text(from: place.position.offset), options: options.readingAll,
                resumingAt: place.position, dialect: place.dialect))
        try kept.write(records)
        return records
    }

    /// Hashes what earlier processes read of the source, from its start, and compares it with what it was then.
    private static func hasher(of file: SourceFile, _ name: String, _ place: Continuation) throws -> ContentHasher {
        let hasher = ContentHasher()
        let bytes = try RunBytes(file, size: place.size, decoding: place.dialect.decoding)
        let start = place.position.offset
        try hasher.update(try bytes.text(from: 0, to: start))
        if place.isBeginning { return hasher }
        var isChanged = place.isTouched
        if let read = place.read, read.length >= start {
            let whole = hasher.copy()
            try whole.update(try bytes.text(from: start, to: read.length))
            isChanged = whole.identity != read
        }
        guard !isChanged else {
            throw DeliveryError(
                .source,
                "\(name) changed since the run began, in what was read of it: nothing more was sent. "
                    + "Put the old file back and resume, or start a new run with the changed one.")
        }
        return hasher
    }

    /// Compares a file that somebody wrote to with what was read of it.
    private static func checkUnchanged(_ hasher: ContentHasher, _ bytes: RunBytes, _ watch: ChangeWatch) throws {
        let present = ContentHasher()
        try present.update(try bytes.text(from: 0))
        guard present.identity == hasher.identity else { throw watch.changed }
    }

    /// Forms batches again that the store knows, in their order.
    static func forEachKnown(
        _ rows: [BatchRow], of file: SourceFile, size: Int?, options: ReaderOptions, dialect: CSVDialect,
        folder: FilePath, newRecords: NewRecords?,
        _ body: (BatchRow, RecordBatch) async throws -> Void
    ) async throws(DeliveryError) {
        do {
            let bytes = try RunBytes(file, size: size, decoding: dialect.decoding)
            var known = KnownBatches(
                of: file, bytes, options: options, dialect: dialect, visitors: VisitorTable(folder: folder),
                newRecords: newRecords)
            for row in rows { try await body(row, try known.batch(row)) }
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw DeliveryError(.source, "\(file.path): \(error)")
        }
    }

    /// Reads records that lie in the journal itself.
    @concurrent
    static func readStored(
        from position: Int, options: ReaderOptions, openBatches: [BatchRow], run: RunID, engine: Engine,
        isOpened: Bool = false
    ) async {
        do {
            if !isOpened { await engine.tell(.readerOpened(run)) }
            let list = try await engine.deliveryList(options)
            var batchSize = options.batchSize
            for row in openBatches {
                var batch = try await stored(from: row.start.offset, limit: row.records, run, engine)
                if let list { batch.makeDeliveryKeys(for: list) }
                guard let more = await engine.enqueue(PlannedBatch(batch: batch, known: row), for: run) else {
                    return await engine.tell(.readerEnded(run, sourceEnded: false))
                }
                batchSize = more.batchSize
            }
            var position = position
            while true {
                var batch = try await stored(from: position, limit: batchSize, run, engine)
                if batch.count == 0 { break }
                if let list { batch.makeDeliveryKeys(for: list) }
                position += batch.count
                guard let more = await engine.enqueue(PlannedBatch(batch: batch), for: run) else {
                    return await engine.tell(.readerEnded(run, sourceEnded: false))
                }
                batchSize = more.batchSize
            }
            await engine.tell(.readerEnded(run, sourceEnded: true))
        } catch {
            await engine.tell(.readerFailed(run, error))
        }
    }

    private static func stored(
        from position: Int, limit: Int, _ run: RunID, _ engine: Engine
    ) async throws(DeliveryError) -> RecordBatch {
        let records = try await engine.journal.storedRecords(of: run, from: position, limit: limit)
        return try RecordBatch(stored: records, from: position, run: run)
    }
}

extension RecordBatch {
    /// A batch of records that were validated before they were stored.
    init(stored records: [StoredRecord], from position: Int, run: RunID) throws(DeliveryError) {
        self.init()
        for (index, record) in records.enumerated() {
            // It was checked and filtered when it was taken, by rules that may have changed since.
            guard let customer = ValidCustomer(accepted: record.fields) else {
                throw DeliveryError(
                    .source,
                    "Record \(position + index + 1) of run \(run) can't be read as it was stored. Nothing of it was sent."
                )
            }
            append(customer, line: record.line)
        }
        finish(
            start: SourcePosition(offset: position, line: 1),
            end: SourcePosition(offset: position + records.count, line: 1))
    }
}
