import CustomerRecords
import TerminalKit

/// Whether a field of the form keeps its rule.
enum FieldCheck {
    /// What is wrong with a field as it is typed now; `nil` when it keeps its rule.
    static func fault(in edit: EditModel, _ row: EditModel.Row, rules: RecordRules) -> String? {
        fault(in: edit.fields[row.rawValue].text, as: row, rules: rules)
    }

    /// What is wrong with a value as this field.
    static func fault(in text: String, as row: EditModel.Row, rules: RecordRules) -> String? {
        // The check names the first fault of a record: with sound fields around it, that is this field's.
        var fields = RecordFields(
            name: "Jan Novak", age: "30", cookie: "26555324-53df-4eb1-8835-e6c0078bb2c0", bannerID: "1")
        switch row {
        case .name: fields.name = text
        case .age: fields.age = text
        case .cookie: fields.cookie = text
        case .bannerID: fields.bannerID = text
        }
        let result = Validation.check(fields, rules: rules, filter: AgeFilter(minimum: 0))
        guard case .failure(let reason) = result else { return nil }
        // A single field is malformed by what it holds.
        return reason == .malformed ? "NUL or too long" : FailureText.rule(reason, rules)
    }
}
