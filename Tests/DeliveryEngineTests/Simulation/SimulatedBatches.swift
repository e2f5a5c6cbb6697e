import CustomerRecords
import DeliveryModel

@testable import CustomerRecords
@testable import DeliveryEngine

/// Batches of as many records as wanted; what is in them does not matter here.
enum SimulatedBatches {
    private static let customer: ValidCustomer = {
        guard let customer = ValidCustomer(accepted: RecordFields(name: "Jane", age: "30", cookie: "c", bannerID: "1"))
        else { preconditionFailure("the record is valid") }
        return customer
    }()
    /// Records of a batch, at most.
    static let maximumRecords = 64
    private static let templates: [RecordBatch] = (0...maximumRecords).map { records($0, from: 0) }

    private static func records(_ count: Int, from first: Int) -> RecordBatch {
        var batch = RecordBatch()
        for line in 0..<count { batch.append(customer, line: first + line + 1) }
        return batch
    }

    /// - Parameter isStored: whether a record's line is its number in the run, by which its failure is found again.
    static func batch(_ count: Int, from start: Int, to end: Int, rejected: Int, isStored: Bool) -> RecordBatch {
        var batch = isStored ? records(count, from: start) : templates[count]
        batch.finish(start: SourcePosition(offset: start, line: 1), end: SourcePosition(offset: end, line: 1))
        batch.tally[.name] = rejected
        return batch
    }

    static func submission(_ id: SubmissionID, identity: Int, key: String? = nil) -> SubmittedRecord {
        SubmittedRecord(
            id: id, customer: customer,
            request: SingleSubmission(
                RecordFields(name: "Jane", age: "30", cookie: String(identity), bannerID: "1"),
                from: SubmissionOrigin(submittedBy: "client \(identity % 3)"),
                claim: key.map { KeyClaim(key: $0, digest: [1]) }))
    }
}
