public import Foundation

/// A date of the calendar, as `2026-11-26`.
public struct LocalDay: RawRepresentable, Hashable, Codable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The date of a moment in the process's time zone.
    public init(_ moment: Date) {
        let parts = Calendar(identifier: .gregorian).dateComponents([.year, .month, .day], from: moment)
        rawValue = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }
}
