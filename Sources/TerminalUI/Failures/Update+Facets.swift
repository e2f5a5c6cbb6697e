import DeliveryModel
import TerminalKit

extension Model {
    /// The keys while the facets have them.
    mutating func performFacets(_ action: Action) -> [Effect]? {
        let count = failures.facets.rows.count
        switch action {
        case .up: failures.facets.row = max(0, failures.facets.row - 1)
        case .down: failures.facets.row = min(max(0, count - 1), failures.facets.row + 1)
        case .top: failures.facets.row = 0
        case .bottom: failures.facets.row = max(0, count - 1)
        case .detail, .mark: return chooseFacet(failures.facets.row)
        case .facets, .back, .right: failures.facets.isFocused = false
        default: return nil
        }
        return []
    }

    mutating func chooseFacet(_ row: Int) -> [Effect] {
        let rows = failures.facets.rows
        guard rows.indices.contains(row) else { return [] }
        failures.facets.row = row
        failures.query.toggle(rows[row].value)
        return requery()
    }

    mutating func takeFacets(_ query: FailureQuery, _ answer: DeliveryResult<FailureFacets>) -> [Effect] {
        guard query.selectsLike(failures.query) else { return [] }
        if case .success(let counts) = answer { failures.facets.take(counts) }
        return []
    }

    /// Rejected records that the list leaves out: only the first 10,000 of a run are kept for it.
    var leftOut: (run: RunID, listed: Int, total: Int, path: String?)? {
        let query = failures.query
        guard query.kinds.isEmpty || query.kinds.contains(.rejected), query.status == nil else { return nil }
        let isWhole = query.text.isEmpty && query.reason == nil
        let large = allRuns.filter {
            (query.run == nil || $0.id == query.run) && $0.openRejected > FailedRecord.maximumRejected
        }
        guard let run = large.max(by: { $0.openRejected < $1.openRejected }) else { return nil }
        let known = query.run == nil || !isWhole ? nil : failures.facets.counts.kinds[.rejected]
        let listed = known ?? FailedRecord.maximumRejected
        let total = run.openRejected
        guard listed < total else { return nil }
        return (run.id, listed, total, rejectedFile(run.id))
    }

    func rejectedFile(_ run: RunID) -> String? {
        setup.stateDirectory.map { shortened("\($0)/runs/\(run)/rejected.csv") }
    }

    /// A path with `~` for the home folder.
    func shortened(_ path: String) -> String {
        let home = setup.home
        return home != "/" && (path == home || path.hasPrefix(home + "/")) ? "~" + path.dropFirst(home.count) : path
    }

    /// The runs that are known here, each as it stands now.
    var allRuns: [RunSummary] {
        let live = engine.runs.map { withRecovered($0).summary }
        let known = Set(live.map(\.id))
        return live + history.runs.filter { !known.contains($0.id) }
    }
}

extension FailureQuery {
    /// Whether it selects the same records, in whatever order.
    func selectsLike(_ other: FailureQuery) -> Bool {
        var (left, right) = (self, other)
        left.sort = .line
        right.sort = .line
        left.ascending = true
        right.ascending = true
        return left == right
    }
}
