/// A customer whose fields follow every rule.
public struct ValidCustomer: Hashable, Sendable {
    /// The fields as they were given.
    public let fields: RecordFields
    /// What the numbers mean.
    public let age: Int
    public let bannerID: Int
}

/// Checks a single record: one that was submitted alone, or that somebody edited.
public enum Validation {
    /// Checks the fields in the order of the reasons; nothing is trimmed.
    public static func check(
        _ fields: RecordFields, rules: RecordRules, filter: AgeFilter
    ) -> Result<ValidCustomer, ReasonCode> {
        var scratch: [UInt8] = []
        let ranges = fields.texts.map { text in
            let start = scratch.count
            scratch.append(contentsOf: text.utf8)
            return FieldRange(start: start, end: scratch.count)
        }
        guard scratch.count <= FieldRules.longestRecord, !scratch.contains(0) else { return .failure(.malformed) }
        switch CustomerFields(ranges, .standard).verdict(scratch.span.bytes, rules, filter) {
        case .invalid(let fault):
            return .failure(fault.reason)
        case .filtered:
            return .failure(.ageFilter)
        case .valid(let years, let banner, _):
            return .success(ValidCustomer(fields: fields, age: years, bannerID: banner))
        }
    }
}

extension ValidCustomer {
    /// A record that was found valid when it was accepted, by whatever rules held then.
    ///
    /// - Returns: `nil` when its numbers are none, which can't be.
    public init?(accepted fields: RecordFields) {
        let (ageBytes, bannerBytes) = (Array(fields.age.utf8), Array(fields.bannerID.utf8))
        let version = RecordRules.currentVersion
        guard let years = FieldRules.age(ageBytes.span.bytes, 0..<ageBytes.count, version: version),
            let banner = FieldRules.bannerID(bannerBytes.span.bytes, 0..<bannerBytes.count, version: version)
        else { return nil }
        self.init(fields: fields, age: years, bannerID: banner)
    }
}

extension ReasonCode: Error {
    /// One human-readable line: what is expected instead.
    public func explanation(_ rules: RecordRules = RecordRules()) -> String {
        switch self {
        case .malformed:
            "at least four fields are needed, quotes have to be closed, text has to be UTF-8 without NUL, 64 KiB at most"
        case .name:
            switch rules.nameFormat {
            case .ascii: "the name has to be letters (A–Z) and spaces, with at least one letter"
            case .letters: "the name has to be letters and spaces, with at least one letter"
            case .common:
                "the name has to be letters, spaces, apostrophes, hyphens and periods, with at least one letter"
            case .any: "the name needs at least one visible character, and no control characters"
            }
        case .age:
            "the age has to be a whole number from 0 to \(FieldRules.greatestAge)"
        case .cookie:
            switch rules.cookieFormat {
            case .any: "the cookie has to be 1 to 256 bytes without white space and control characters"
            case .uuid: "the cookie has to be a UUID of 36 characters"
            }
        case .bannerID:
            "the banner id has to be a whole number from 0 to \(FieldRules.greatestBannerID)"
        case .ageFilter:
            "the age is outside the filter"
        case .repeated:
            "an earlier record of the source has the same cookie and banner"
        case .deliveredBefore:
            "the same cookie and banner were delivered before"
        }
    }
}
