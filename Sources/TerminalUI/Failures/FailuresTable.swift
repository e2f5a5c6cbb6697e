import CustomerRecords
import DeliveryModel
import TerminalKit

/// The columns of the failures.
enum FailuresTable {
    static func columns(_ query: FailureQuery, isUnmasked: Bool) -> [TableColumn] {
        func column(
            _ column: FailureQuery.Column, _ title: String, _ width: Int, growth: Int = 0, most: Int = .max,
            alignment: Alignment = .left, importance: Int
        ) -> TableColumn {
            TableColumn(
                title: title, width: width, growth: growth, most: most, alignment: alignment, importance: importance,
                target: Target.column(column), order: query.sort == column ? query.ascending : nil)
        }
        return [
            TableColumn(title: "", width: 1),
            column(.line, "Line", 7, alignment: .right, importance: 1),
            column(.name, "Name", 16, growth: 1, most: 30, importance: 0),
            column(.age, "Age", 4, alignment: .right, importance: 5),
            column(.cookie, "Cookie", 13, growth: isUnmasked ? 2 : 0, most: 36, importance: 7),
            column(.bannerID, "Ban", 4, alignment: .right, importance: 6),
            column(.kind, "Class", 9, importance: 2),
            column(.status, "Status", 7, importance: 4),
            column(.attempts, "Try", 4, alignment: .right, importance: 8),
            column(.reason, "Reason", 9, growth: 3, most: 60, importance: 3),
            column(.time, "Time", 8, importance: 9),
        ]
    }

    static func cells(_ record: FailedRecord, _ model: Model) -> [Line] {
        let isMarked = model.failures.isMarked(record.id)
        let isRetrying = record.retryingIn != nil
        let style: Style = isRetrying ? .dim : .text
        let mark = isRetrying ? Line("↻", .accent) : isMarked ? Line("●", .mark, .bold) : Line()
        return [
            mark, Line(record.line > 0 ? Figures.count(record.line) : "–", .dim),
            Line(record.name.isEmpty && !record.raw.isEmpty ? record.raw : record.name, style), Line(record.age, style),
            Line(FailureText.cookie(record.cookie, isUnmasked: model.isUnmasked), .dim), Line(record.bannerID, style),
            FailureText.kind(record.kind), Line(record.status ?? "–", record.status == nil ? .faint : .text),
            Line(record.attempts > 0 ? "\(record.attempts)" : "–", .dim),
            isRetrying
                ? Line("sending again…", .accent)
                : reason(record, style, isWide: model.size.width >= 110),
            Line(model.time.clock(record.time), .dim),
        ]
    }

    private static func reason(_ record: FailedRecord, _ style: Style, isWide: Bool) -> Line {
        guard let reason = record.reason else { return Line(record.message, style) }
        // The word alone says enough where the sentence would be cut.
        return [Line(FailureText.reason(reason), style), isWide ? Line(": " + record.message, .dim) : Line()]
    }
}
