import DeliveryModel

extension RunLookup {
    /// The run of a source that was read and refused just now; `nil` when it was refused before it became a run.
    func refusedRun(_ error: DeliveryError) async -> RunSummary? {
        let newest = try? await runs(limit: 1, before: nil).first
        return newest?.state == .refused(reason: error.message) ? newest : nil
    }
}
