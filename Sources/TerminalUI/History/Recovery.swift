import DeliveryModel

/// What other runs have made of a run's failures, which the engine does not tell of a run that has ended.
struct Recovery: Hashable, Sendable {
    var recovered: Int
    var undelivered: Int

    init(_ run: RunSummary) {
        recovered = run.recovered
        undelivered = run.undelivered
    }
}
