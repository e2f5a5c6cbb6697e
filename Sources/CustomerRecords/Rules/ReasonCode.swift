/// Why a record is not sent. The raw values are stable: they stand in summaries, files and metrics.
///
/// A record is checked in the order of the cases; the first fault is its reason.
public enum ReasonCode: String, CaseIterable, Codable, Hashable, Sendable {
    case malformed
    case name
    case age
    case cookie
    case bannerID = "banner_id"
    case ageFilter = "age_filter"
    /// The same cookie and banner as an earlier record of the same source.
    case repeated
    /// The same cookie and banner were delivered by an earlier run under the same list.
    case deliveredBefore = "delivered_before"

    /// Whether the record breaks a rule (rejected), as against being left out as the operator wants it (filtered).
    public var isRejection: Bool {
        switch self {
        case .malformed, .name, .age, .cookie, .bannerID: true
        case .ageFilter, .repeated, .deliveredBefore: false
        }
    }
}
