public import Foundation

/// When records may be sent: hours of the day, perhaps on some days of the week, in a time zone.
///
/// A window that ends before it begins goes over midnight, and belongs to the day on which it begins. Hours are those of
/// the wall clock: on the day on which clocks change, a window is as much shorter or longer.
public struct SendWindow: Hashable, Sendable {
    /// Minutes since midnight.
    let start: Int
    let end: Int
    /// Days on which it begins, 1 is Sunday.
    let days: Set<Int>
    public let zone: TimeZone
    /// As it was written.
    public let text: String

    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Reads `08:00-20:00`, `mon-fri 08:00-20:00`, `sat,sun 22:00-06:00@Europe/Prague`; `nil` for anything else.
    /// - Parameter zone: which zone holds when the text names none.
    public init?(argument: String, zone local: TimeZone = .current) {
        let parts = argument.trimmingCharacters(in: .whitespaces).lowercased()
        let zoned = parts.split(separator: "@", omittingEmptySubsequences: false)
        guard zoned.count <= 2 else { return nil }
        if zoned.count == 2 {
            let name = argument.drop { $0 != "@" }.dropFirst().trimmingCharacters(in: .whitespaces)
            guard let zone = TimeZone(identifier: name) else { return nil }
            self.zone = zone
        } else {
            zone = local
        }
        let words = zoned[0].split(separator: " ")
        guard let hours = words.last, words.count <= 2 else { return nil }
        guard let days = words.count == 2 ? Self.weekdays(words[0]) : Set(1...7) else { return nil }
        let times = hours.split(separator: "-", omittingEmptySubsequences: false)
        guard times.count == 2, let start = Self.minutes(times[0]), let end = Self.minutes(times[1]), start != end,
            start < 24 * 60
        else { return nil }
        text = argument.trimmingCharacters(in: .whitespaces)
        self.start = start
        self.end = end
        self.days = days
    }

    /// As it was written, with its time zone: it means the same in another place.
    public var zonedText: String { text.contains("@") ? text : "\(text)@\(zone.identifier)" }

    /// What is wrong with a text that can't be read.
    public static func fault(_ text: String) -> String {
        "\(text): not a send window. Write it as 08:00-20:00, mon-fri 08:00-20:00, or 22:00-06:00@Europe/Prague."
    }

    /// Whether records may be sent at a moment.
    public func isOpen(at date: Date) -> Bool { opening(around: date) != nil }

    /// When records may be sent next: the moment itself while the window is open.
    public func opens(from date: Date) -> Date {
        if isOpen(at: date) { return date }
        let today = calendar.startOfDay(for: date)
        // A day of the week on which it begins is no farther than a week away, or two: when clocks are put forward, there
        // may be no such hours on that day.
        for offset in 0...15 {
            guard let day = calendar.date(byAdding: .day, value: offset, to: today), let range = range(on: day),
                range.lowerBound > date
            else { continue }
            return range.lowerBound
        }
        return date.addingTimeInterval(15 * 86_400)
    }

    /// Dates between which the window is open, or closed, all the time.
    public struct Period: Sendable {
        public let isOpen: Bool
        public let dates: Range<Date>
    }

    /// The period in which a moment lies: an open one as a whole, a closed one from that moment on.
    public func period(at date: Date) -> Period {
        if let dates = opening(around: date) { return Period(isOpen: true, dates: dates) }
        return Period(isOpen: false, dates: date..<opens(from: date))
    }

    /// A moment as people of the window's zone say it: `08:00 Prague time`, `Monday 08:00 Prague time`.
    public func words(for date: Date, at now: Date) -> String {
        let parts = calendar.dateComponents([.hour, .minute, .weekday], from: date)
        let time = [parts.hour ?? 0, parts.minute ?? 0].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        let isNear = date.timeIntervalSince(now) < 86_400
        let day = isNear ? "" : Self.days[(parts.weekday ?? 1) - 1] + " "
        // As it was written: the system calls UTC by another name.
        let written = text.drop { $0 != "@" }.dropFirst().trimmingCharacters(in: .whitespaces)
        let name = written.isEmpty ? zone.identifier : written
        let place = name.split(separator: "/").last.map { $0.replacing("_", with: " ") } ?? ""
        return "\(day)\(time) " + (["UTC", "GMT"].contains(place) ? place : "\(place) time")
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar
    }

    private func opening(around date: Date) -> Range<Date>? {
        let today = calendar.startOfDay(for: date)
        for offset in [0, -1] {
            guard let day = calendar.date(byAdding: .day, value: offset, to: today), let range = range(on: day),
                range.contains(date)
            else { continue }
            return range
        }
        return nil
    }

    /// The window that begins on a day.
    private func range(on day: Date) -> Range<Date>? {
        guard days.contains(calendar.component(.weekday, from: day)) else { return nil }
        let next = calendar.date(byAdding: .day, value: 1, to: day) ?? day
        let lower = moment(start, on: day)
        let upper = moment(end, on: end > start ? day : next)
        return lower < upper ? lower..<upper : nil
    }

    /// When the wall clock first shows a time of a day, or would, were it not put forward then.
    private func moment(_ minutes: Int, on day: Date) -> Date {
        if minutes == 24 * 60 { return calendar.date(byAdding: .day, value: 1, to: day) ?? day }
        let time = DateComponents(hour: minutes / 60, minute: minutes % 60)
        if minutes == 0 { return day }
        return calendar.nextDate(
            after: day, matching: time, matchingPolicy: .nextTime, repeatedTimePolicy: .first) ?? day
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), minutes < 60, hours * 60 + minutes <= 24 * 60
        else { return nil }
        return hours * 60 + minutes
    }

    private static func weekdays(_ text: Substring) -> Set<Int>? {
        var days: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
                names.firstIndex(of: String($0))
            }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil else { return nil }
            var day = first
            days.insert(day + 1)
            while day != last {
                day = (day + 1) % 7
                days.insert(day + 1)
            }
        }
        return days
    }
}
