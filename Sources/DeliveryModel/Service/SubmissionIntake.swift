/// Takes single records.
public protocol SubmissionIntake: Sendable {
    /// Takes a valid record; returns when it is durable.
    func submit(_ submission: SingleSubmission) async throws(DeliveryError) -> SubmissionReceipt
}
