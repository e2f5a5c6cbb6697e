import CustomerRecords
import DeliveryModel

@testable import DeliveryEngine

extension Engine {
    /// Takes a record as if this process's user had sent it.
    func submit(_ fields: RecordFields) async throws -> SubmissionReceipt { try await submit(SingleSubmission(fields)) }

    /// Fewer than usual, so that a test reaches the bounds.
    func setSubmissionLimits(run: Int, memory: Int) {
        decide { scheduler, _ in
            scheduler.batcher.largestRun = run
            scheduler.batcher.maximumInMemory = memory
        }
    }
}
