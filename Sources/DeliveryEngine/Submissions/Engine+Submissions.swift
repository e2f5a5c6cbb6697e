import CustomerRecords
public import DeliveryModel
import DeliveryStore
import Foundation

/// Single records that arrive over HTTP.
extension Engine {
    public func submit(_ fields: RecordFields, idempotencyKey: String? = nil) async throws -> SubmissionReceipt {
        try freeSpace.check()
        let checked = Validation.check(
            name: fields.name, age: fields.age, cookie: fields.cookie, bannerID: fields.bannerID,
            // Whoever took it has checked it by the rules that hold there.
            rules: RecordRules(nameFormat: .any), filter: AgeFilter(minimum: 0))
        let customer: ValidCustomer
        switch checked {
        case .success(let valid): customer = valid
        case .failure(let reason): throw DeliveryError(.conflict, reason.explanation(RecordRules()))
        }
        nextNumber += 1
        let submission = Submission(
            id: nextNumber, customer: customer, fields: fields, idempotencyKey: idempotencyKey)
        return try await withCheckedThrowingContinuation { continuation in
            arrivals[submission.id] = continuation
            decide { $0.submit(submission, at: $1) }
        }
    }

    func accept(_ submission: SubmissionID, _ run: RunID) {
        let ticket = SubmissionTicket()
        tickets[submission] = ticket
        arrivals.removeValue(forKey: submission)?.resume(returning: SubmissionReceipt(run: run, ticket: ticket))
    }

    func createSubmissionRun() async {
        let options = ReaderOptions(filter: AgeFilter(minimum: 0), rules: RecordRules(), batchSize: 1000)
        let new = NewRun(
            source: .submissions, options: options, startedAt: Date(), binding: binding, owner: configuration.owner,
            submittedBy: Self.operatorName)
        do throws(DeliveryError) {
            let id = try await journal.create(new)
            keepPublishing()
            tell(.submissionRunCreated(OpenedRun(id, new)))
        } catch {
            tell(.submissionRunFailed(error))
        }
    }
}
