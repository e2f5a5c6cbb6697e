import CustomerRecords
import DeliveryModel

/// A single record on its way in.
struct SubmittedRecord: Sendable {
    let id: SubmissionID
    let customer: ValidCustomer
    let request: SingleSubmission

    var origin: SubmissionOrigin { request.origin }
}
