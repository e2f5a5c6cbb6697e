import CustomerRecords
import DeliveryModel
import TerminalKit

/// A failed record whose fields are being edited.
struct EditModel: Sendable {
    enum Row: Int, CaseIterable, Sendable { case name, age, cookie, bannerID }

    var record: FailedRecord
    var fields: [TextField]
    var row: Row
    var isSending = false
    var problem: String?

    init(_ record: FailedRecord) {
        self.record = record
        fields = record.fields.texts.map { TextField($0) }
        row = EditModel.row(of: record.reason)
        focus(row)
    }

    mutating func focus(_ row: Row) {
        for index in fields.indices { fields[index].deselect() }
        self.row = row
        fields[row.rawValue].selectAll()
    }

    var recordFields: RecordFields {
        RecordFields(
            name: fields[0].text, age: fields[1].text, cookie: fields[2].text, bannerID: fields[3].text)
    }

    private static func row(of reason: ReasonCode?) -> Row {
        switch reason {
        case .age: .age
        case .cookie: .cookie
        case .bannerID: .bannerID
        case .name, .malformed, .ageFilter, .repeated, .deliveredBefore, nil: .name
        }
    }
}
