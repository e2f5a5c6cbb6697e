import CustomerRecords
import DeliveryModel
import TerminalKit

/// What became of the records: the five parts add up to what was read.
enum CountersView {
    static func draw(_ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let counts = run.summary.counts
        let filter = run.summary.filter
        let bounds = filter.maximum.map { "age \(filter.minimum)–\($0)" } ?? "age < \(filter.minimum)"
        let reasons = counts.reasons.filter { $0.key.isRejection && $0.value > 0 }
            .sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
            .map { "\(FailureText.reason($0.key)) \(NumberText.count($0.value))" }
        let edited = run.summary.recoveredRejected
        let others = run.summary.recovered - edited
        let recovered = others > 0 ? "\(NumberText.count(others)) recovered" : ""
        let retryable = run.retryableFailures > 0 ? "\(NumberText.count(run.retryableFailures)) retryable" : ""
        let rows: [(String, Int, Ink, [String])] = [
            ("read", counts.read, .bright, []),
            (
                "rejected", counts.rejected, counts.rejected > 0 ? .mark : .dim,
                (edited > 0 ? ["\(NumberText.count(edited)) recovered"] : []) + reasons
            ),
            ("filtered", counts.filtered, counts.filtered > 0 ? .text : .dim, filtered(counts, bounds)),
            ("sent", counts.sent, counts.sent > 0 ? .good : .dim, []),
            ("failed", counts.failed, counts.failed > 0 ? .bad : .dim, [retryable, recovered]),
            ("pending", counts.pending, counts.pending > 0 ? .accent : .dim, []),
        ]
        let width = max(9, rows.map { NumberText.count($0.1).count }.max() ?? 0)
        for (index, row) in rows.enumerated() {
            let place = area.row(index)
            let isBold = row.0 == "sent" || row.0 == "read" || (row.0 == "failed" && row.1 > 0)
            canvas.write(row.0, .dim, place.left(9))
            canvas.write(
                NumberText.count(row.1), Style(row.2, isBold ? .bold : []), place.after(9).left(width), .right)
            let space = place.after(9 + width + 2)
            let notes = row.3.map { Line($0, .dim) }.fitting(space.width, separators: [Line(" · ", .faint)])
            if notes.width <= space.width { canvas.write(notes, space) }
        }
        // What the reader decided by itself has what is left.
        let notices = NoticeText.lines(run.summary.notices, maximum: max(0, area.height - rows.count), isSent: true)
        for (index, line) in notices.enumerated() { canvas.write(line, area.row(rows.count + index)) }
    }

    /// Why records were left out; with numbers, the greatest first, where there is more than one reason.
    private static func filtered(_ counts: RunCounts, _ bounds: String) -> [String] {
        guard counts.filtered > 0 else { return [] }
        let reasons: [(ReasonCode, String)] = [
            (.ageFilter, bounds), (.deliveredBefore, FailureText.reason(.deliveredBefore)),
            (.repeated, FailureText.reason(.repeated)),
        ]
        let found = reasons.compactMap { reason, words in
            counts.reasons[reason].flatMap { $0 > 0 ? (words, $0) : nil }
        }
        guard found.count > 1 else { return [found.first?.0 ?? bounds] }
        return found.sorted { $0.1 > $1.1 }.map { "\($0.0): \(NumberText.count($0.1))" }
    }
}
