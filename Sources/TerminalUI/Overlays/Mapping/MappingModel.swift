import CustomerRecords
import DeliveryModel
import TerminalKit

/// The question which column of a file is which.
struct MappingModel: Sendable {
    var path: String
    var source: SourceColumns
    /// Columns counted from 1.
    var chosen: [KnownColumn: Int]
    /// The field that a column is chosen for; `nil` when the keys are at the button.
    var focus: KnownColumn?
    /// Among the file's columns.
    var cursor = ListCursor()
    /// What a pass over the file counts with this choice.
    var report: DryRunReport?
    var problem: String?
    /// As it was when the dialog opened.
    let original: [KnownColumn: Int]
    /// Whether Esc was pressed once although something was chosen.
    var asksToDiscard = false
    /// The column that the last click chose: a second click on it is the rest of a double-click.
    var clicked: Int?

    init(path: String, source: SourceColumns, chosen: [KnownColumn: Int]) {
        self.path = path
        self.source = source
        self.chosen = chosen
        original = chosen
        focus = KnownColumn.allCases.first { chosen[$0] == nil }
    }

    var missing: [KnownColumn] { KnownColumn.allCases.filter { chosen[$0] == nil } }

    /// The choice, once it is whole.
    var mapping: ColumnMapping? { missing.isEmpty ? source.mapping(chosen) : nil }

    func field(of number: Int) -> KnownColumn? { chosen.first { $0.value == number }?.key }

    /// A column holds one field: the one that had it before loses it.
    mutating func choose(_ number: Int, for field: KnownColumn) {
        if let before = self.field(of: number) { chosen[before] = nil }
        chosen[field] = number
    }

    /// How many samples of a column keep a field's rule.
    func verdict(_ number: Int, as field: KnownColumn, rules: RecordRules) -> Verdict {
        let samples = source.column(number: number)?.samples ?? []
        let faults = samples.compactMap { FieldCheck.fault(in: $0, as: EditModel.Row(field), rules: rules) }
        return Verdict(samples: samples.count, faults: faults.count, fault: faults.first)
    }

    /// Why the values of a column are hardly cookies.
    func doubt(_ number: Int) -> CookieDoubt? { CookieDoubt(source.column(number: number)?.samples ?? []) }

    /// The free column whose values fit a field best: of several that could be cookies or names, the one of many
    /// different and long values.
    func bestColumn(for field: KnownColumn, rules: RecordRules) -> Int? {
        let free = source.columns.filter { self.field(of: $0.number) == nil }
        let fitting = free.filter { verdict($0.number, as: field, rules: rules).isFitting }
        guard field == .cookie || field == .name else { return (fitting.first ?? free.first)?.number }
        func worth(_ column: SourceInspection.Column) -> (Int, Int, Int) {
            let samples = column.samples
            let length = samples.reduce(0) { $0 + $1.utf8.count } / max(1, samples.count)
            // Cities and words such as "yes" keep the rule of names, too: names of people are of two words and differ.
            let looksRight =
                field == .cookie
                ? doubt(column.number) == nil : samples.count { $0.contains(" ") } * 2 > samples.count
            return (looksRight ? 1 : 0, Set(samples).count, length)
        }
        var best: SourceInspection.Column?
        for column in fitting where best.map({ worth(column) > worth($0) }) ?? true { best = column }
        return (best ?? free.first)?.number
    }

    struct Verdict: Hashable, Sendable {
        var samples: Int
        var faults: Int
        var fault: String?

        /// An odd value doesn't make a column the wrong one.
        var isFitting: Bool { samples > 0 && faults * 2 < samples }
    }

    static func label(_ field: KnownColumn) -> String {
        switch field {
        case .name: "Name"
        case .age: "Age"
        case .cookie: "Cookie"
        case .bannerID: "Banner"
        }
    }
}

extension EditModel.Row {
    init(_ column: KnownColumn) {
        self =
            switch column {
            case .name: .name
            case .age: .age
            case .cookie: .cookie
            case .bannerID: .bannerID
            }
    }
}
