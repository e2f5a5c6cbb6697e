import Foundation

/// The one form of a date that HTTP still writes: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let formatter = {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter
    }()

    static func text(of date: Date) -> String { formatter.string(from: date) }
}
