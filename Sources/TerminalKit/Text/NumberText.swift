import Foundation

/// Numbers as people read them on a screen.
package enum NumberText {
    /// `1234567` as `1,234,567`.
    package static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return number < 0 ? "-" + text : text
    }

    /// `1.1 MB`, in powers of ten.
    package static func bytes(_ count: Int) -> String {
        guard count >= 1000 else { return "\(count) B" }
        var value = Double(count)
        var unit = 0
        let units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"]
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return (value < 9.95 ? decimal(value, places: 1) : String(Int(value.rounded()))) + " " + units[unit]
    }

    /// `480 ms`, `1.9 s`, `37 s`, `4m 05s`, `2h 10m`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        if seconds < 0.9995 { return "\(Int((seconds * 1000).rounded())) ms" }
        if seconds < 9.95 { return decimal(seconds, places: 1) + " s" }
        return span(seconds)
    }

    /// Whole seconds: `37 s`, `4m 05s`, `2h 10m`, `3d 4h`.
    package static func span(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60)m \(twoDigits(whole % 60))s" }
        if whole < 86_400 { return "\(whole / 3600)h \(twoDigits(whole / 60 % 60))m" }
        return "\(whole / 86_400)d \(whole / 3600 % 24)h"
    }

    /// Records a second: `1,428/s`, `0.4/s`.
    package static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0, value < 1e15 else { return "–" }
        return (value > 0 && value < 9.95 ? decimal(value, places: 1) : count(Int(value.rounded()))) + "/s"
    }

    package static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "–" }
        // 100 % is said only when all is done.
        return "\(share >= 1 ? 100 : min(99, Int((share * 100).rounded(.down))))%"
    }

    package static func decimal(_ value: Double, places: Int) -> String {
        let scale = places == 1 ? 10.0 : 100.0
        let scaled = Int((value * scale).rounded())
        let fraction = String(scaled % Int(scale))
        return "\(scaled / Int(scale))." + String(repeating: "0", count: max(0, places - fraction.count)) + fraction
    }

    /// `1 record`, `20 records`.
    package static func records(_ number: Int) -> String { count(number) + (number == 1 ? " record" : " records") }

    package static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
