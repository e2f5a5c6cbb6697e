import CustomerRecords
import DeliveryModel
import TerminalKit

/// Failed records in words.
enum FailureText {
    static func reason(_ reason: ReasonCode) -> String {
        switch reason {
        case .malformed: "malformed"
        case .name: "name"
        case .age: "age"
        case .cookie: "cookie"
        case .bannerID: "banner"
        case .ageFilter: "filtered"
        case .repeated: "repeated"
        case .deliveredBefore: "delivered before"
        }
    }

    /// What a rule asks for, short enough to stand beside a field.
    static func rule(_ reason: ReasonCode, _ rules: RecordRules) -> String {
        switch reason {
        case .malformed: "not a record with four fields"
        case .name: rules.nameFormat.words
        case .age: "0 to 150"
        case .cookie: rules.cookieFormat == .uuid ? "a UUID" : "1–256 bytes, no space"
        case .bannerID: "0 to 99"
        case .ageFilter: "outside the age range"
        case .repeated: "same cookie and banner as an earlier record"
        case .deliveredBefore: "same cookie and banner as in an earlier run"
        }
    }

    /// A reason that says what it is about: text in another encoding is not just malformed.
    static func reason(_ reason: ReasonCode, _ message: String?) -> String {
        guard reason == .malformed, let message else { return self.reason(reason) }
        if isNotText(message) { return "not UTF-8" }
        for (beginning, short) in malformed where message.hasPrefix(beginning) { return short }
        // "3 fields, 4 needed"
        let count = message.prefix { $0 != "," }
        return count.hasSuffix(" field") || count.hasSuffix(" fields") ? String(count) : self.reason(reason)
    }

    /// What is malformed, where there is no room for the message.
    private static let malformed = [
        ("closing quote", "open quote"), ("text after", "quotes"), ("NUL", "NUL"), ("longer", "too long"),
    ]

    static func isNotText(_ message: String?) -> Bool { message?.contains("is not UTF-8") == true }

    /// A message whose options of the command line are keys here. Journals still hold the wordings of version 1.0.
    static func onScreen(_ message: String) -> String {
        message.replacing(/see --encoding \S+/, with: "press E on Send to set it")
            .replacing(/or (?:specify|name) its encoding with --encoding/, with: "or set its encoding with E on Send")
            .replacing(/--name-format \S+ (?:allows it|lets it pass)/, with: "press F on Send to allow it")
    }

    /// What a table says of it.
    static func sentence(_ record: FailedRecord) -> String {
        record.reason.map { reason($0) + ": " + onScreen(record.message) } ?? record.message
    }

    static func kind(_ kind: FailedRecord.Kind) -> Line {
        switch kind {
        case .retryable: Line("retryable", .warning)
        case .permanent: Line("permanent", .bad)
        case .rejected: Line("rejected", .mark)
        }
    }

    /// `26555324…b2c0`: enough to know it again, not enough to use it.
    static func cookie(_ cookie: String, isUnmasked: Bool) -> String {
        guard !isUnmasked else { return cookie }
        let glyphs = SafeText.glyphs(cookie, columns: 300)
        guard glyphs.count > 14 else {
            // The end tells short ones apart: half of it is shown, more of the end than of the beginning.
            guard glyphs.count > 1 else { return glyphs.isEmpty ? "" : "…" }
            let shown = glyphs.count / 2
            return glyphs.prefix(shown / 2).map(\.text).joined() + "…"
                + glyphs.suffix(shown - shown / 2).map(\.text).joined()
        }
        return glyphs.prefix(8).map(\.text).joined() + "…" + glyphs.suffix(4).map(\.text).joined()
    }

    static func kinds(_ kinds: Set<FailedRecord.Kind>) -> String {
        switch kinds {
        case []: "all classes"
        case [.retryable, .permanent]: "failed"
        default: kinds.map(\.rawValue).sorted().joined(separator: ", ")
        }
    }
}
