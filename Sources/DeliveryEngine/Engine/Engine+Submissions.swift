import CustomerRecords
public import DeliveryModel
import DeliveryStore
import Foundation

/// Single records that arrive over HTTP.
extension Engine {
    public nonisolated func submit(_ submission: SingleSubmission) async throws(DeliveryError) -> SubmissionReceipt {
        // Whoever took it has checked it by the rules that hold there.
        guard let customer = ValidCustomer(accepted: submission.fields) else {
            throw DeliveryError(.conflict, "The record has an age or banner that is not a number.")
        }
        let receipt: Result<SubmissionReceipt, DeliveryError> = await withCheckedContinuation { continuation in
            let pending = PendingSubmission(customer: customer, request: submission, continuation: continuation)
            if inbox.add(pending) { scheduleInbox() }
        }
        return try receipt.get()
    }

    /// Takes a submission in, when it can be stored at all.
    func admitted(_ pending: PendingSubmission) -> SubmittedRecord? {
        do throws(DeliveryError) {
            try checkRoom()
            if let absence = commits.absence { throw absence }
        } catch {
            pending.continuation.resume(returning: .failure(error))
            return nil
        }
        nextNumber += 1
        pendingSubmissions[nextNumber] = pending
        return SubmittedRecord(id: nextNumber, customer: pending.customer, request: pending.request)
    }

    /// Single records are small: it is enough to look at the disk now and then.
    private func checkRoom() throws(DeliveryError) {
        let now = clock.now
        if let foundRoom, now - foundRoom < .milliseconds(50) { return }
        foundRoom = nil
        try freeSpace.check()
        foundRoom = now
    }

    /// A client that waits until its record is durable.
    struct PendingSubmission: Sendable {
        var customer: ValidCustomer
        var request: SingleSubmission
        var continuation: CheckedContinuation<Result<SubmissionReceipt, DeliveryError>, Never>
    }

    func accept(_ submission: SubmissionID, _ run: RunID) {
        guard let pending = pendingSubmissions.removeValue(forKey: submission) else { return }
        var ticket: SubmissionTicket?
        if pending.request.awaitsOutcome {
            ticket = SubmissionTicket()
            tickets[submission] = ticket
        }
        pending.continuation.resume(returning: .success(SubmissionReceipt(run: run, ticket: ticket)))
    }

    func decline(_ submission: SubmissionID, _ error: DeliveryError) {
        pendingSubmissions.removeValue(forKey: submission)?.continuation.resume(returning: .failure(error))
    }

    func openSubmissionRun(for origin: SubmissionOrigin, extending last: RunID?) async {
        do throws(DeliveryError) {
            let opened = try await openedSubmissionRun(for: origin, extending: last)
            keepPublishing()
            tell(.submissionRunOpened(origin, opened))
        } catch {
            tell(.submissionRunFailed(origin, error))
        }
    }

    private func openedSubmissionRun(
        for origin: SubmissionOrigin, extending last: RunID?
    ) async throws(DeliveryError) -> OpenedRun {
        if let last, let resumable = try await journal.extend(last, by: configuration.owner, for: binding) {
            return OpenedRun(resumable, total: nil)
        }
        let options = ReaderOptions(filter: origin.filter, rules: origin.rules)
        let asker = origin.submittedBy.map(Operator.init(client:)) ?? Self.asker
        let new = NewRun(
            source: .submissions, options: options, startedAt: Date(), binding: binding, owner: configuration.owner,
            submittedBy: origin.submittedBy ?? Self.operatorName,
            audit: AuditEntry(at: Date(), by: asker, .send))
        return OpenedRun(try await journal.create(new), new)
    }
}
