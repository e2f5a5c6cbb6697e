package import Foundation

/// Moments as text in the operator's time zone, without the cost of a date formatter in every frame.
package struct LocalTime: Sendable {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    package var zone: TimeZone

    package init(zone: TimeZone) { self.zone = zone }

    /// `14:03:26`.
    package func clock(_ date: Date) -> String {
        let (_, seconds) = split(date)
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return "\(NumberText.twoDigits(hours)):\(NumberText.twoDigits(minutes)):\(NumberText.twoDigits(seconds % 60))"
    }

    /// `today`, `yesterday`, `2 Nov`, `2 Nov 2024`.
    package func day(_ date: Date, now: Date) -> String {
        let (day, _) = split(date)
        let (today, _) = split(now)
        if day == today { return "today" }
        if day == today - 1 { return "yesterday" }
        let (year, month, number) = Self.civil(day)
        let text = "\(number) \(Self.months[month - 1])"
        return year == Self.civil(today).year ? text : "\(text) \(year)"
    }

    /// `today 14:03`, `2 Nov 09:12`.
    package func dayAndTime(_ date: Date, now: Date) -> String { day(date, now: now) + " " + clock(date).dropLast(3) }

    /// `2026-11-24T02-08-11`, for names of files.
    package func fileStamp(_ date: Date) -> String {
        let (day, _) = split(date)
        let (year, month, number) = Self.civil(day)
        let time = clock(date).replacing(":", with: "-")
        return "\(year)-\(NumberText.twoDigits(month))-\(NumberText.twoDigits(number))T\(time)"
    }

    private func split(_ date: Date) -> (day: Int, seconds: Int) {
        // Far beyond any file's date, and far from overflow.
        let limit = 1e11
        let seconds =
            Int(min(max(date.timeIntervalSince1970, -limit), limit).rounded(.down)) + zone.secondsFromGMT(for: date)
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        return (day, seconds - day * 86_400)
    }

    /// The Gregorian date of a day counted from 1970-01-01: years begin in March here, so that the leap day is the last.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let index = (5 * ofYear + 2) / 153
        let month = index < 10 ? index + 3 : index - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * index + 2) / 5 + 1)
    }
}
