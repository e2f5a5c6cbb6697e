import DeliveryModel
import Logging

/// Writes into the log when runs begin and end: the screen's log tells of them whatever the level of the file is.
struct RunLog: Sendable {
    let log: ConnectorLog
    let level: LogLevel

    /// Follows the engine until its snapshots end.
    func follow(_ delivery: any SnapshotSource) async {
        var known: [RunID: Bool] = [:]
        for run in delivery.snapshot().runs { known[run.id] = run.state.isActive }
        for await snapshot in delivery.snapshots() {
            for run in snapshot.runs {
                let wasActive = known.updateValue(run.state.isActive, forKey: run.id)
                if run.state.isActive, wasActive != true { add("run \(run.id) started: \(run.summary.source.text)") }
                if !run.state.isActive, wasActive != false { add("run \(run.id) \(Self.words(run.summary))") }
            }
        }
    }

    private func add(_ text: String) { log.add(.info, text, onScreenOnly: level.logger > .info) }

    static func words(_ run: RunSummary) -> String {
        let counts = run.counts
        let state = run.state.reason.map { "\(run.state.word), \($0)" } ?? run.state.word
        return "\(state): \(counts.sent) sent, \(counts.failed) failed, \(counts.rejected) rejected, "
            + "\(counts.filtered) filtered, \(counts.pending) pending"
    }
}
