import CustomerRecords
import DeliveryModel

/// Collects single submissions: those that arrive together go into one run and into bulk requests.
struct SubmissionDesk: Sendable {
    /// The run that takes submissions now.
    private(set) var run: RunID?
    private(set) var openedAt: ContinuousClock.Instant?
    private(set) var lastArrival: ContinuousClock.Instant?
    /// Position of the next record in the run.
    private var nextPosition = 0
    /// Position of the first record that is in no batch yet.
    private var nextInBatch = 0
    /// Durable records that are in no batch yet.
    private var durable: [Int: ValidCustomer] = [:]
    private var tickets: [RunID: [Int: SubmissionTicket]] = [:]

    /// Records that are on their way into the journal.
    private(set) var reserved = 0
    /// Whether every record of the open run is in a batch.
    var isEmpty: Bool { nextInBatch == nextPosition }

    mutating func open(_ run: RunID, now: ContinuousClock.Instant) {
        self.run = run
        openedAt = now
        lastArrival = now
        nextPosition = 0
        nextInBatch = 0
        durable = [:]
    }

    /// Takes no more records into the open run.
    mutating func close() { run = nil }

    mutating func reserve(now: ContinuousClock.Instant) -> Int {
        lastArrival = now
        reserved += 1
        defer { nextPosition += 1 }
        return nextPosition
    }

    /// The record could not be made durable.
    mutating func refused() { reserved -= 1 }

    /// The record is in the journal. When its run has ended meanwhile, it stays there for the run's resumption.
    mutating func stored(_ customer: ValidCustomer, at position: Int, ticket: SubmissionTicket, in run: RunID) {
        reserved -= 1
        guard self.run == run else {
            ticket.settle(.pending)
            return
        }
        tickets[run, default: [:]][position] = ticket
        durable[position] = customer
    }

    /// The next batch of records that follow each other and are durable; `nil` when there is none.
    mutating func nextBatch(limit: Int) -> RecordBatch? {
        guard durable[nextInBatch] != nil else { return nil }
        var batch = RecordBatch()
        let start = nextInBatch
        while nextInBatch - start < limit, let customer = durable.removeValue(forKey: nextInBatch) {
            batch.append(customer, line: 0)
            nextInBatch += 1
        }
        batch.finish(
            start: SourcePosition(offset: start, line: 1), end: SourcePosition(offset: nextInBatch, line: 1))
        return batch
    }

    /// Tells those who wait how the records of a unit ended.
    mutating func settle(_ unit: WorkUnit, _ outcome: SubmissionOutcome) {
        guard tickets[unit.run] != nil else { return }
        for record in unit.records {
            tickets[unit.run]?.removeValue(forKey: unit.batch.start.offset + record)?.settle(outcome)
        }
    }

    /// The run has ended; whoever still waits gets no outcome from it.
    mutating func ended(_ run: RunID) {
        if self.run == run { close() }
        for ticket in (tickets.removeValue(forKey: run) ?? [:]).values { ticket.settle(.pending) }
    }
}
