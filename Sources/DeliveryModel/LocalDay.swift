public import Foundation

/// A date of the calendar, as `2026-11-26`.
public struct LocalDay: RawRepresentable, Hashable, Codable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The date of a moment in the process's time zone.
    public init(_ moment: Date) {
        // Every run begins with it, and a calendar takes milliseconds to be made.
        var seconds = time_t(moment.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        localtime_r(&seconds, &parts)
        rawValue = [(parts.tm_year + 1900, 4), (parts.tm_mon + 1, 2), (parts.tm_mday, 2)].map { number, width in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }.joined(separator: "-")
    }
}
