public import Foundation

/// The header `Retry-After`: seconds or an HTTP date (RFC 9110).
public enum RetryAfter {
    /// A server that asks for more is not taken at its word.
    private static let longest = 86_400.0

    /// How long to wait from `now` on, at most a day; `nil` when the value makes no sense.
    public static func parse(_ value: String, now: Date) -> Duration? {
        let value = value.trimmingCharacters(in: .whitespaces)
        if let seconds = seconds(value) { return .seconds(min(seconds, longest)) }
        for format in formats {
            if let date = formatter(format).date(from: value) {
                return .seconds(min(max(0, date.timeIntervalSince(now)), longest))
            }
        }
        return nil
    }

    /// Digits with at most one point among them; servers do send `1.5`.
    private static func seconds(_ value: String) -> Double? {
        guard value.utf8.first.map(isDigit) == true, value.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

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
