import CustomerRecords
import DeliveryModel
import TerminalKit

/// The columns of the failures.
struct FailuresTable {
    let model: Model
    let columns: [TableColumn]
    private let showsRun: Bool
    private let files: [RunID: String]

    /// - Parameter visible: the records that are seen: a column is as wide as they need it.
    init(_ model: Model, visible: [FailedRecord]) {
        self.model = model
        let query = model.failures.query
        showsRun = query.run == nil
        func column(
            _ column: FailureQuery.Column, _ title: String, _ width: Int, growth: Int = 0, maximumWidth: Int = .max,
            alignment: Alignment = .left, importance: Int
        ) -> TableColumn {
            TableColumn(
                title: title, width: width, growth: growth, maximumWidth: max(width, maximumWidth),
                alignment: alignment,
                importance: importance, target: Target.column(column),
                order: query.sort == column ? query.ascending : nil)
        }
        func widest(_ text: (FailedRecord) -> String) -> Int { visible.map { SafeText.width(text($0)) }.max() ?? 0 }
        let cookies = widest { FailureText.cookie($0.cookie, isUnmasked: model.isUnmasked) }
        let reasons = widest { FailureText.sentence($0) }
        let room = model.failuresLayout.table.width - 4
        let names = widest { Self.name($0, isUnmasked: model.isUnmasked) }
        let sources = Dictionary(model.allRuns.map { ($0.id, RunText.source($0.source)) }) { first, _ in first }
        files = sources
        let fileNames = showsRun ? widest { sources[$0.run] ?? "" } : 0
        columns = [
            TableColumn(title: "", width: 1),
            TableColumn(title: "Run", width: showsRun ? 5 : 0, alignment: .right, importance: 4),
            TableColumn(
                title: "File", width: showsRun ? (room >= 120 ? min(max(8, fileNames), 16) : 8) : 0, growth: 1,
                maximumWidth: showsRun ? 24 : 0, importance: 10,
                cutsMiddle: true),
            column(.line, "Line", 7, alignment: .right, importance: 1),
            column(.name, "Name", 10, growth: 3, maximumWidth: min(30, names), importance: 0),
            column(.age, "Age", 4, alignment: .right, importance: 6),
            // Whole cookies are what was asked for: others give way to them.
            column(
                .cookie, "Cookie", model.isUnmasked ? min(max(13, cookies), max(13, room - 16)) : 13,
                growth: model.isUnmasked ? 3 : 0, maximumWidth: cookies, importance: model.isUnmasked ? 0 : 7),
            column(.bannerID, "Ban", 4, alignment: .right, importance: 5),
            column(.kind, "Class", 9, importance: 2),
            column(.status, "Status", 7, importance: 8),
            column(.attempts, "Try", 4, alignment: .right, importance: 9),
            // Where there is room for a sentence, less telling columns give way to it.
            column(
                .reason, "Reason", room >= 90 ? min(max(9, reasons), 26) : 9, growth: 8, maximumWidth: max(9, reasons),
                importance: 3),
            column(.time, "Time", 8, importance: 11),
        ]
    }

    func cells(_ record: FailedRecord) -> [Line] {
        let isMarked = model.failures.isMarked(record.id)
        let isRetrying = record.retryingIn != nil
        let style: Style = isRetrying ? .dim : .text
        let mark = isRetrying ? Line("↻", .accent) : isMarked ? Line("●", .mark, .bold) : Line()
        return [
            mark, Line("\(record.run)", .dim), Line(showsRun ? files[record.run] ?? "" : "", .dim),
            Line(record.line > 0 ? NumberText.count(record.line) : "–", .dim),
            Line(Self.name(record, isUnmasked: model.isUnmasked), style),
            Line(record.age, style),
            Line(FailureText.cookie(record.cookie, isUnmasked: model.isUnmasked), .dim), Line(record.bannerID, style),
            FailureText.kind(record.kind), Line(record.status ?? "–", record.status == nil ? .faint : .text),
            Line(record.attempts > 0 ? "\(record.attempts)" : "–", .dim),
            isRetrying ? Line("retrying…", .accent) : reason(record, style),
            Line(model.time.clock(record.time), .dim),
        ]
    }

    /// Of a record that can't be taken apart, all that was read: its cookie is somewhere in there.
    private static func name(_ record: FailedRecord, isUnmasked: Bool) -> String {
        guard record.name.isEmpty, !record.raw.isEmpty else { return record.name }
        return FailureText.cookie(record.raw, isUnmasked: isUnmasked)
    }

    private func reason(_ record: FailedRecord, _ style: Style) -> Line {
        guard let reason = record.reason else { return Line(record.message, style) }
        // The word alone says enough where the sentence would be cut.
        return [Line(FailureText.reason(reason), style), Line(": " + FailureText.onScreen(record.message), .dim)]
    }
}
