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
        /// Further values that have no row.
        var more = 0
    }

    private static let maximumRuns = 50

    /// Whether the keys go to it.
    var isFocused = false
    var row = 0
    private(set) var counts = FailureFacets()

    /// Takes new counts; the cursor stays on its value, wherever that stands then.
    mutating func take(_ counts: FailureFacets) {
        let value = selected?.value
        self.counts = counts
        row = rows.firstIndex { $0.value == value } ?? min(row, max(0, rows.count - 1))
    }

    var groups: [Group] {
        let kinds = FailedRecord.Kind.allCases.compactMap { kind in
            counts.kinds[kind].map { Row(value: .kind(kind), count: $0) }
        }
        let reasons = counts.reasons.sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
            .map { Row(value: .reason($0.key), count: $0.value) }
        let statuses = counts.statuses.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .map { Row(value: .status($0.key), count: $0.value) }
        let runs = counts.runs.sorted { $0.key > $1.key }.prefix(Self.maximumRuns)
            .map { Row(value: .run($0.key), count: $0.value) }
        return [
            Group(title: "Class", rows: kinds), Group(title: "Reason", rows: reasons),
            Group(title: "Status", rows: statuses),
            Group(title: "Run", rows: runs, more: counts.runs.count - runs.count),
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
