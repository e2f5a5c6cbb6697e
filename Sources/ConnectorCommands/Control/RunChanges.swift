import DeliveryModel

/// Decides which runs of a process are worth a line: one that begins, one that changes its state, and one that
/// continues, once a second.
struct RunChanges: Sendable {
    private struct Shown {
        var state: RunState
        var counts: RunCounts
        var time: ContinuousClock.Instant
    }

    private var shown: [RunID: Shown] = [:]
    private var isFirst = true
    private static let interval = Duration.seconds(1)

    /// - Returns: the runs to show now, oldest first. Of those that had ended before the first call there are none.
    mutating func next(_ runs: [RunSnapshot], at now: ContinuousClock.Instant) -> [RunSnapshot] {
        defer { isFirst = false }
        let present = Set(runs.map(\.id))
        shown = shown.filter { present.contains($0.key) }
        return runs.filter { run in
            let new = Shown(state: run.state, counts: run.summary.counts, time: now)
            defer { if shown[run.id] == nil { shown[run.id] = new } }
            guard let old = shown[run.id] else { return run.state.isActive || !isFirst }
            let isDue = old.state != run.state || (old.counts != new.counts && now - old.time >= Self.interval)
            if isDue { shown[run.id] = new }
            return isDue
        }
    }
}
