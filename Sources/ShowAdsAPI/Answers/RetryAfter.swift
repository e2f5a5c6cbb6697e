public import Foundation

/// How long an API asks to be left alone: the header `Retry-After`, seconds or an HTTP date (RFC 9110).
public struct RetryAfter: Hashable, Sendable {
    /// What the API asked for, a hundred years at most.
    public let asked: Duration

    /// A server that asks for more is not taken at its word.
    public static let longest = Duration.seconds(86_400)
    private static let century = 36_525 * 86_400.0

    public init(_ asked: Duration) {
        self.asked = max(.zero, asked)
    }

    /// - Parameters:
    ///   - sent: the answer's header `Date`. A date is compared with that: the clocks of API and program may differ.
    ///   - now: what a date is compared with when the answer has no such header.
    /// - Returns: `nil` when the header's value makes no sense.
    public init?(_ value: String, sent: String? = nil, now: Date) {
        let value = value.trimmingCharacters(in: .whitespaces)
        let present = sent.flatMap { Self.date($0.trimmingCharacters(in: .whitespaces)) } ?? now
        guard let seconds = Self.seconds(value) ?? Self.date(value)?.timeIntervalSince(present) else { return nil }
        self.init(.seconds(min(seconds, Self.century)))
    }

    /// How long to wait: a day at most.
    public var pause: Duration { min(asked, Self.longest) }

    /// Whether it asks for more than we wait.
    public var isTooLong: Bool { asked > Self.longest }

    /// Digits with at most one point among them; servers do send `1.5`.
    private static func seconds(_ value: String) -> Double? {
        guard value.utf8.first.map(isDigit) == true, value.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func date(_ value: String) -> Date? {
        formats.lazy.compactMap { formatter($0).date(from: value) }.first
    }

    /// The preferred form and the two that old servers send.
    private static let formats = [
        "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy",
    ]

    private static func formatter(_ format: String) -> DateFormatter {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = format
        return formatter
    }
}
