import CustomerRecords
public import DeliveryModel
import DeliveryStore
import Foundation

/// Single records that arrive over HTTP.
extension Engine {
    /// Accepted single records without an outcome, at most.
    private static let waitingLimit = 10_000
    /// How long a record waits for others to share its request.
    private static let linger = Duration.milliseconds(3)
    /// A run of submissions ends when none came for so long …
    private static let idleTime = Duration.seconds(1)
    /// … or when it has been open for so long.
    private static let longestRun = Duration.seconds(60)

    public func submit(_ fields: RecordFields, idempotencyKey: String? = nil) async throws -> SubmissionReceipt {
        if let journalFault { throw journalFault }
        guard api != nil else { throw Self.missingAPI }
        let checked = Validation.check(
            name: fields.name, age: fields.age, cookie: fields.cookie, bannerID: fields.bannerID,
            rules: RecordRules(), filter: AgeFilter(minimum: 0))
        let customer: ValidCustomer
        switch checked {
        case .success(let valid): customer = valid
        case .failure(let reason): throw DeliveryError(.conflict, reason.explanation(RecordRules()))
        }
        let run = try await submissionRun()
        guard waitingRecords < Self.waitingLimit else {
            throw DeliveryError(.busy, "\(Self.waitingLimit) records are waiting already. Try again in a few seconds.")
        }
        let position = submissions.reserve(now: clock.now)
        do throws(DeliveryError) {
            let record = StoredRecord(line: 0, fields: fields)
            try await commits.commit([.store(run, position: position, record, idempotencyKey: idempotencyKey)])
        } catch {
            submissions.refused()
            journalFailed(error)
            throw error
        }
        let ticket = SubmissionTicket()
        submissions.stored(customer, at: position, ticket: ticket, in: run)
        runs[run]?.statistics.counts.pending += 1
        batchSoon()
        return SubmissionReceipt(run: run, ticket: ticket)
    }

    /// Accepted records without an outcome, those of earlier processes too, and those that are being accepted.
    private var waitingRecords: Int {
        turns.reduce(submissions.reserved) { sum, run in
            guard let context = runs[run], context.source == .submissions else { return sum }
            return sum + context.statistics.counts.pending
        }
    }

    /// The open run of submissions; opens one when there is none.
    private func submissionRun() async throws -> RunID {
        while true {
            if let run = submissions.run, runs[run]?.machine.isEnding == false { return run }
            if isOpeningSubmissions {
                await withCheckedContinuation { submissionOpeners.append($0) }
                continue
            }
            isOpeningSubmissions = true
            defer {
                isOpeningSubmissions = false
                let waiting = submissionOpeners
                submissionOpeners = []
                for waiter in waiting { waiter.resume() }
            }
            let options = ReaderOptions(filter: AgeFilter(minimum: 0), rules: RecordRules(), batchSize: 1000)
            let new = NewRun(
                source: .submissions, options: options, startedAt: Date(), binding: binding,
                owner: configuration.owner, submittedBy: Self.operatorName)
            let id = try await journal.create(new)
            submissions.open(id, now: clock.now)
            activate(
                RunContext(
                    new.summary(id), options: options, localDay: new.localDay, ownedFile: nil, total: nil,
                    now: clock.now))
            opened(id)
            start { [self] in await sealWhenIdle(id) }
            return id
        }
    }

    /// Forms batches a moment later, when others may have come. One task does it at a time: while it waits for room in
    /// the engine, more records gather for its next batch.
    private func batchSoon() {
        guard !isBatching else { return }
        isBatching = true
        start { [self] in
            try? await clock.sleep(for: Self.linger)
            await batchSubmissions()
        }
    }

    private func batchSubmissions() async {
        defer { isBatching = false }
        while let run = submissions.run, let batch = submissions.nextBatch(limit: 1000) {
            let answer = await offer(PlannedBatch(batch: batch), for: run)
            // A run that ends takes no more; records that came meanwhile may belong to the next one.
            if case .stop = answer, submissions.run == run { return }
        }
    }

    /// Ends the run when nobody adds to it any more.
    private func sealWhenIdle(_ run: RunID) async {
        while submissions.run == run, runs[run]?.machine.isEnding == false {
            do { try await clock.sleep(for: .milliseconds(250)) } catch { return }
            let now = clock.now
            guard submissions.run == run, submissions.isEmpty else { continue }
            let idle = now - (submissions.lastArrival ?? now) >= Self.idleTime
            let old = now - (submissions.openedAt ?? now) >= Self.longestRun
            if idle || old { break }
        }
        if submissions.run == run { submissions.close() }
        let isEnding = runs[run]?.machine.isEnding ?? true
        readerEnded(run, sourceEnded: !isEnding)
    }
}
