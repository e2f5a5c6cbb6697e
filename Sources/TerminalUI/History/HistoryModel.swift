import DeliveryModel
import TerminalKit

/// The screen of all runs.
struct HistoryModel: Sendable {
    enum Goal: Hashable, Sendable {
        /// The oldest run.
        case end
        /// The run that the cursor was on.
        case run(RunID)
    }

    var runs: [RunSummary] = []
    var cursor = ListCursor()
    var isLoaded = false
    var isLoadingMore = false
    /// Whether the journal holds older runs than those that are loaded.
    var hasMore = false
    /// What older runs are loaded for; `nil` is what the cursor and the filter need.
    var goal: Goal?
    var problem: String?
    var filter = TextField()
    var isFiltering = false

    /// The runs with what the engine knows better, newest first.
    func shown(live: [RunSnapshot]) -> [RunSummary] {
        var all = runs
        for snapshot in live {
            if let index = all.firstIndex(where: { $0.id == snapshot.id }) {
                let stored = all[index]
                all[index] = snapshot.summary
                guard !snapshot.state.isActive, !stored.state.isActive else { continue }
                all[index].recovered = max(stored.recovered, snapshot.summary.recovered)
                all[index].undelivered = stored.undelivered
                all[index].dismissed = stored.dismissed
            } else {
                all.append(snapshot.summary)
            }
        }
        all.sort { $0.id > $1.id }
        let words = filter.text.lowercased()
        guard !words.isEmpty else { return all }
        return all.filter {
            $0.source.text.lowercased().contains(words) || $0.state.word.contains(words) || $0.id.description == words
                || $0.node.map { "node:\($0.lowercased())" } == words
        }
    }
}
