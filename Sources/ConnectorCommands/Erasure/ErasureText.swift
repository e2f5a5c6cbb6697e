import DeliveryModel
import Foundation

/// What an erasure did, in words and for scripts.
enum ErasureText {
    static func lines(_ report: ErasureReport, isDryRun: Bool) -> [String] {
        let places = ErasureReport.Place.allCases.compactMap { place -> String? in
            guard let count = report.counts[place] else { return nil }
            let words = ErasureWords.place(place).padding(toLength: 28, withPad: " ", startingAt: 0)
            return "  \(words)\(count.grouped)"
        }
        var lines: [String] = []
        if places.isEmpty {
            lines = [ErasureWords.nothing]
        } else {
            lines = [ErasureWords.heading(isDryRun: isDryRun)] + places
        }
        if !report.remainders.isEmpty { lines += [ErasureWords.remainders] + report.remainders.map { "  \($0.text)" } }
        return lines
    }

    struct JSON: Encodable {
        private let report: ErasureReport
        private let isDryRun: Bool

        init(_ report: ErasureReport, isDryRun: Bool) {
            self.report = report
            self.isDryRun = isDryRun
        }

        private enum Key: String, CodingKey {
            case isDryRun = "dry_run"
            case erased
            case isComplete = "complete"
            case remainders = "not_touched"
        }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(isDryRun, forKey: .isDryRun)
            try object.encode(
                Dictionary(uniqueKeysWithValues: report.counts.map { ($0.key.rawValue, $0.value) }), forKey: .erased)
            try object.encode(report.isComplete, forKey: .isComplete)
            try object.encode(report.remainders.map(\.text), forKey: .remainders)
        }
    }
}
