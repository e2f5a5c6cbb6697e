import CustomerRecords
import DeliveryModel

/// What the failures have in common, each with its count; one of them is chosen to filter by it.
struct FacetsModel: Sendable {
    enum Value: Hashable, Sendable {
        case kind(FailedRecord.Kind)
        case reason(ReasonCode)
        case status(String)
        case run(RunID)
    }

    struct Row: Hashable, Sendable {
        var value: Value
        var count: Int
    }

    struct Group: Hashable, Sendable {
        var title: String
        var rows: [Row]
    }

    /// Whether the keys go to it.
    var isFocused = false
    var row = 0
    private(set) var counts = FailureFacets()

    mutating func take(_ counts: FailureFacets) {
        self.counts = counts
        row = min(row, max(0, rows.count - 1))
    }

    var groups: [Group] {
        let kinds = FailedRecord.Kind.allCases.compactMap { kind in
            counts.kinds[kind].map { Row(value: .kind(kind), count: $0) }
        }
        let reasons = counts.reasons.sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
            .map { Row(value: .reason($0.key), count: $0.value) }
        let statuses = counts.statuses.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .map { Row(value: .status($0.key), count: $0.value) }
        let runs = counts.runs.sorted { $0.key > $1.key }.prefix(50).map { Row(value: .run($0.key), count: $0.value) }
        return [
            Group(title: "Class", rows: kinds), Group(title: "Reason", rows: reasons),
            Group(title: "Status", rows: statuses), Group(title: "Run", rows: Array(runs)),
        ].filter { !$0.rows.isEmpty }
    }

    var rows: [Row] { groups.flatMap(\.rows) }
    var selected: Row? { rows.indices.contains(row) ? rows[row] : nil }
}

extension FailureQuery {
    func filters(by value: FacetsModel.Value) -> Bool {
        switch value {
        case .kind(let kind): kinds == [kind]
        case .reason(let reason): self.reason == reason
        case .status(let status): self.status == status
        case .run(let run): self.run == run
        }
    }

    /// Filters by a value, or no longer.
    mutating func toggle(_ value: FacetsModel.Value) {
        let isOn = filters(by: value)
        switch value {
        case .kind(let kind): kinds = isOn ? [] : [kind]
        case .reason(let reason): self.reason = isOn ? nil : reason
        case .status(let status): self.status = isOn ? nil : status
        case .run(let run): self.run = isOn ? nil : run
        }
    }

    /// Whether only the run selects.
    var isUnfiltered: Bool { kinds.isEmpty && reason == nil && status == nil && text.isEmpty }
}
