import DeliveryModel
import TerminalKit

/// The question whether a person is to be erased, and what came of it.
struct ErasureModel: Sendable {
    enum Stage: Hashable, Sendable {
        case counting
        /// What a dry run found.
        case asking(ErasureReport)
        case erasing(ErasureReport)
        case done(ErasureReport)
        case failed(String)
    }

    /// What has to be typed before anything is erased.
    static let word = "erase"

    /// Tells its answers from those to an earlier question.
    var number: Int
    var cookie: String
    var stage = Stage.counting
    var typed = TextField()
    /// The first line of the report that is shown.
    var top = 0

    init(number: Int, cookie: String) {
        self.number = number
        self.cookie = cookie
    }

    /// Whether there is something to confirm.
    var asksForWord: Bool {
        if case .asking(let report) = stage { report.total > 0 } else { false }
    }

    var report: ErasureReport? {
        switch stage {
        case .asking(let report), .erasing(let report), .done(let report): report
        case .counting, .failed: nil
        }
    }

    var isDone: Bool { if case .done = stage { true } else { false } }

    /// The report in lines of so many columns.
    func lines(_ columns: Int) -> [Line] {
        guard let report else { return [] }
        let places = ErasureReport.Place.allCases.compactMap { place -> Line? in
            guard let count = report.counts[place] else { return nil }
            return [
                Line("  " + ErasureWords.place(place).padding(28)), Line(NumberText.count(count), .bright, .bold),
            ]
        }
        var lines = [Line(places.isEmpty ? ErasureWords.nothing : ErasureWords.heading(isDryRun: !isDone), .bright)]
        lines += places
        guard !report.remainders.isEmpty else { return lines }
        lines.append(Line(ErasureWords.remainders, .warning, .bold))
        for remainder in report.remainders {
            lines += TextFit.wrap(remainder.text, columns - 2, maximumLines: 6).map { Line("  " + $0, .warning) }
        }
        return lines
    }
}

struct ErasureLayout {
    var width = 72
    var height: Int
    /// Lines of the report that are seen at once.
    var page: Int { max(1, height - 7) }
    /// Columns of a line: without the borders and the space beside them.
    var columns: Int

    init(_ size: Size) {
        height = max(9, min(18, size.height - 2))
        columns = max(1, min(width, size.width - 4) - 6)
    }
}
