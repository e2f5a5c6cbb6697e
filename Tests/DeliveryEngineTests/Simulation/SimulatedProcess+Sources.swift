import DeliveryModel
import DeliveryStore
import StoreTestSupport

@testable import CustomerRecords
@testable import DeliveryEngine

/// Where the records of runs come from.
extension SimulatedProcess {
    func load(_ run: RunID) {
        guard !isDiskBad, let (opened, open) = world.store.reopen(run) else {
            let error =
                isDiskBad ? DeliveryError(.journal, "The disk fails.") : DeliveryError(.conflict, "The run is done.")
            return tell(.openingFailed(run, error))
        }
        world.tell("run \(run) is opened again, \(opened.recordsInFlight) records in doubt")
        sources[run] = Reader(open: open, position: opened.position, batchSize: opened.options.batchSize)
        tell(.opened(opened))
    }

    func startFile(_ file: [Int], source: RunSource, batchSize: Int) {
        later(world.delay(0.001...0.05)) { [self] in
            guard !isDiskBad else { return }
            let list = world.plan.keepsList ? "newsletter" : nil
            let id = world.store.create(source, batchSize: batchSize, file: file, onlyNew: list)
            world.tell("run \(id) is created: \(file.count) records, \(batchSize) in a batch")
            let opened = OpenedRun(id, SimulatedStore.new(source, batchSize), total: file.count)
            begin(opened, Reader(open: [], position: 0, batchSize: batchSize))
        }
    }

    func retry(_ origin: RunID, onlyOne: Bool) {
        later(world.delay(0.001...0.05)) { [self] in
            guard !isDiskBad, let (id, records) = world.store.createRetry(of: origin, onlyOne: onlyOne),
                let run = world.store.runs[id]
            else { return }
            world.tell("run \(id) retries \(records) records of run \(origin)")
            let opened = OpenedRun(
                id, SimulatedStore.new(run.source, run.new.options.batchSize), total: records, pending: records)
            begin(opened, Reader(open: [], position: 0, batchSize: run.new.options.batchSize))
        }
    }

    func resend(of origin: RunID) {
        later(world.delay(0.001...0.05)) { [self] in
            guard !isDiskBad, let id = world.store.createResend(of: origin), let run = world.store.runs[id] else {
                return
            }
            world.tell("run \(id) sends a record of run \(origin) with other fields")
            let size = run.new.options.batchSize
            begin(
                OpenedRun(id, SimulatedStore.new(run.source, size), total: 1, pending: 1),
                Reader(open: [], position: 0, batchSize: size))
        }
    }

    func begin(_ run: OpenedRun, _ reader: Reader) {
        guard decide({ $0.created(run, at: $1) }) else { return }
        beat()
        sources[run.summary.id] = reader
        beginReading(run.summary.id)
    }

    func openSubmissionRun(for origin: SubmissionOrigin, extending last: RunID?) {
        guard !isDiskBad else {
            return tell(.submissionRunFailed(origin, DeliveryError(.journal, "The disk fails.")))
        }
        if let last, let opened = world.store.extend(last) {
            world.tell("run \(last) takes records again")
            tell(.submissionRunOpened(origin, opened))
        } else {
            let id = world.store.create(.submissions, batchSize: 1000)
            tell(.submissionRunOpened(origin, OpenedRun(id, SimulatedStore.new(.submissions, 1000))))
        }
        beat()
    }

    // MARK: Readers

    func beginReading(_ run: RunID) {
        guard let reader = sources.removeValue(forKey: run) else { return world.fail("run \(run) has no source") }
        if readers[run] != nil { world.fail("run \(run) is read twice at a time") }
        readers[run] = reader
        beat()
        later(world.delay(0...0.01)) { [self] in
            tell(.readerOpened(run))
            offerNext(run)
        }
    }

    func advanceReader(_ run: RunID, _ answer: OfferAnswer) {
        guard readers[run]?.isWaiting == true else { return world.fail("the reader of run \(run) does not wait") }
        readers[run]?.isWaiting = false
        let lag = world.plan.lagsOfReader ? world.delay(0...0.3) : world.delay(0...0.002)
        switch answer {
        case .stop:
            later(lag) { [self] in
                readers[run] = nil
                tell(.readerEnded(run, sourceEnded: false))
            }
        case .continue(let size):
            readers[run]?.batchSize = size
            later(lag) { [self] in offerNext(run) }
        }
    }

    func offerNext(_ run: RunID) {
        guard var reader = readers[run], let stored = world.store.runs[run] else { return }
        var planned: PlannedBatch?
        if !reader.open.isEmpty {
            let row = reader.open.removeFirst()
            planned = PlannedBatch(
                batch: SimulatedBatches.batch(
                    row.records, from: row.start.offset, to: row.end.offset, rejected: 0, isStored: stored.isStored),
                known: row)
        } else {
            planned = nextBatch(stored, &reader).map { PlannedBatch(batch: $0) }
        }
        readers[run] = reader
        guard var planned else {
            readers[run] = nil
            return tell(.readerEnded(run, sourceEnded: true))
        }
        let (start, end) = (planned.batch.start.offset, planned.batch.end.offset)
        planned.batch.deliveryKeys = world.store.deliveryKeys(run, from: start, to: end)
        readers[run]?.isWaiting = true
        tell(.offered(run, planned))
    }

    func nextBatch(_ run: MemoryLedger.Run, _ reader: inout Reader) -> RecordBatch? {
        let start = reader.position
        var end = start
        var valid = 0
        var rejected = 0
        if run.isStored {
            while valid < min(reader.batchSize, SimulatedBatches.maximumRecords), run.stored[end] != nil {
                valid += 1
                end += 1
            }
        } else {
            let file = world.store.files[run.id] ?? []
            while end < file.count, valid < reader.batchSize {
                if file[end] >= 0 { valid += 1 } else { rejected += 1 }
                end += 1
            }
        }
        guard end > start else { return nil }
        reader.position = end
        return SimulatedBatches.batch(valid, from: start, to: end, rejected: rejected, isStored: run.isStored)
    }
}
