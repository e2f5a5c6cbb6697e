import CustomerRecords
import DeliveryModel
import Foundation

/// A run's summary as one JSON object.
struct SummaryJSON: Encodable {
    let summary: RunSummary

    private enum Key: String, CodingKey {
        case run, source, state, read, rejected, filtered, sent, failed, pending, recovered
        case possibleDuplicates = "possible_duplicates"
        case requests, retries, seconds, reasons, statuses
        case unsentFile = "unsent_file"
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        let counts = summary.counts
        try object.encode(summary.id.rawValue > 0 ? summary.id : nil, forKey: .run)
        try object.encode(summary.source.text, forKey: .source)
        try object.encode(summary.state.word, forKey: .state)
        try object.encode(counts.read, forKey: .read)
        try object.encode(counts.rejected, forKey: .rejected)
        try object.encode(counts.filtered, forKey: .filtered)
        try object.encode(counts.sent, forKey: .sent)
        try object.encode(counts.failed, forKey: .failed)
        try object.encode(counts.pending, forKey: .pending)
        try object.encode(summary.recovered, forKey: .recovered)
        try object.encode(summary.possibleDuplicates, forKey: .possibleDuplicates)
        try object.encode(summary.requests, forKey: .requests)
        try object.encode(summary.retries, forKey: .retries)
        try object.encode((summary.seconds * 1000).rounded() / 1000, forKey: .seconds)
        let reasons = counts.reasons.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) }
        try object.encode(Dictionary(uniqueKeysWithValues: reasons), forKey: .reasons)
        try object.encode(summary.statuses, forKey: .statuses)
        try object.encode(summary.unsentFile, forKey: .unsentFile)
    }

    static func text(_ summary: RunSummary) throws -> String { try text(SummaryJSON(summary: summary)) }

    static func text(_ summaries: [RunSummary]) throws -> String { try text(summaries.map(SummaryJSON.init)) }

    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
