public import struct Foundation.Date

/// Sent records are counted by quarters of an hour, so that they can be summed up over the days of any time zone.
public enum SentPeriod {
    /// How long a period is, in seconds.
    public static let seconds = 900.0

    /// The quarter of an hour in which a moment lies.
    public static func number(of date: Date) -> Int { Int((date.timeIntervalSince1970 / seconds).rounded(.down)) }

    /// Those that lie in a period, which begins and ends with one.
    public static func numbers(in period: Range<Date>) -> Range<Int> {
        number(of: period.lowerBound)..<max(number(of: period.lowerBound), number(of: period.upperBound))
    }
}
