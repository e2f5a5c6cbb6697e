import DeliveryModel

/// What other runs have made of a run's failures, which the engine does not tell of a run that has ended.
struct Recovery: Hashable, Sendable {
    var recovered: Int
    var undelivered: Int
    var dismissed: Int

    init(_ run: RunSummary) {
        recovered = run.recovered
        undelivered = run.undelivered
        dismissed = run.dismissed
    }
}

extension RunSummary {
    /// Rejected records that were edited and delivered since: what was recovered beyond the failed ones that are gone.
    var recoveredRejected: Int {
        min(counts.rejected, max(0, recovered - max(0, counts.failed - undelivered - dismissed)))
    }

    /// Rejected records that nobody has edited and delivered since.
    var openRejected: Int { counts.rejected - recoveredRejected }
}
