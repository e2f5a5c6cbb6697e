import CustomerRecords
import Foundation

/// A run's summary as scripts get it, on the command line and over HTTP.
public struct SummaryJSON: Encodable, Sendable {
    private let summary: RunSummary

    public init(_ summary: RunSummary) { self.summary = summary }

    private enum Key: String, CodingKey {
        case run, source, state, phase, reason, read, rejected, filtered, sent, failed, pending, recovered
        case possibleDuplicates = "possible_duplicates"
        case recordsInDoubt = "records_in_doubt"
        case requests, retries, seconds, reasons, statuses
        case unsentFile = "unsent_file"
        case notices
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case api, profile
        case minimumAge = "min_age"
        case maximumAge = "max_age"
        case resumable
        case unreadBytes = "unread_bytes"
        case duplicateOf = "duplicate_of"
        case submittedBy = "submitted_by"
        case node
    }

    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        let counts = summary.counts
        // A dry run has no number.
        try object.encode(summary.id.rawValue > 0 ? summary.id : nil, forKey: .run)
        try object.encode(summary.source.text, forKey: .source)
        try object.encode(summary.state.word, forKey: .state)
        try object.encode(summary.state.phase, forKey: .phase)
        try object.encode(summary.state.reason, forKey: .reason)
        try object.encode(counts.read, forKey: .read)
        try object.encode(counts.rejected, forKey: .rejected)
        try object.encode(counts.filtered, forKey: .filtered)
        try object.encode(counts.sent, forKey: .sent)
        try object.encode(counts.failed, forKey: .failed)
        try object.encode(counts.pending, forKey: .pending)
        try object.encode(summary.recovered, forKey: .recovered)
        try object.encode(summary.possibleDuplicates, forKey: .possibleDuplicates)
        try object.encode(summary.mayHaveArrivedTwice, forKey: .recordsInDoubt)
        try object.encode(summary.requests, forKey: .requests)
        try object.encode(summary.retries, forKey: .retries)
        try object.encode((summary.seconds * 1000).rounded() / 1000, forKey: .seconds)
        let reasons = counts.reasons.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) }
        try object.encode(Dictionary(uniqueKeysWithValues: reasons), forKey: .reasons)
        try object.encode(summary.statuses, forKey: .statuses)
        try object.encode(summary.unsentFile, forKey: .unsentFile)
        try object.encode(summary.notices.map(NoticeJSON.init), forKey: .notices)
        try object.encode(summary.startedAt.formatted(.iso8601), forKey: .startedAt)
        try object.encode(summary.endedAt?.formatted(.iso8601), forKey: .endedAt)
        try object.encode(summary.api, forKey: .api)
        try object.encode(summary.profile, forKey: .profile)
        try object.encode(summary.filter.minimum, forKey: .minimumAge)
        try object.encode(summary.filter.maximum, forKey: .maximumAge)
        try object.encode(
            summary.isResumable && (!summary.state.isActive || summary.state == .paused), forKey: .resumable)
        try object.encode(summary.unreadBytes, forKey: .unreadBytes)
        try object.encode(summary.duplicateOf, forKey: .duplicateOf)
        try object.encode(summary.submittedBy, forKey: .submittedBy)
        try object.encode(summary.node, forKey: .node)
    }

    /// What is not there is `null`, not left out.
    private struct NoticeJSON: Encodable {
        let notice: Notice

        private enum Key: String, CodingKey { case code, count, example }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(notice.code.rawValue, forKey: .code)
            try object.encode(notice.count, forKey: .count)
            try object.encode(notice.example, forKey: .example)
        }
    }

    /// One object in one line.
    public static func text(_ summary: RunSummary) throws -> String { try text(SummaryJSON(summary)) }

    /// An array in one line.
    public static func text(_ summaries: [RunSummary]) throws -> String { try text(summaries.map(SummaryJSON.init)) }

    public static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return escaped(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Control characters beyond ASCII and marks of direction are escaped, too: a terminal shows what is printed.
    private static func escaped(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: \.changesTerminal) else { return json }
        return json.unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.changesTerminal {
                text += String(format: "\\u%04x", scalar.value)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Unicode.Scalar {
    /// Whether a terminal that is given it does something else than show it: a control character, or a mark that turns the
    /// direction of writing.
    public var changesTerminal: Bool {
        switch value {
        case ..<0x20, 0x7f...0x9f, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
