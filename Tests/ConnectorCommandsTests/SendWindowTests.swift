import DeliveryModel
import Foundation
import Testing

@Suite("A send window")
struct SendWindowTests {
    private static func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    private static func window(_ text: String) throws -> SendWindow { try #require(SendWindow(argument: text)) }

    @Test(
        "is open from its first minute up to its last, in its own zone",
        arguments: [
            // Prague is two hours ahead of UTC in July, one in January.
            ("08:00-20:00@Europe/Prague", "2026-07-01T05:59:59Z", false),
            ("08:00-20:00@Europe/Prague", "2026-07-01T06:00:00Z", true),
            ("08:00-20:00@Europe/Prague", "2026-07-01T17:59:59Z", true),
            ("08:00-20:00@Europe/Prague", "2026-07-01T18:00:00Z", false),
            ("08:00-20:00@Europe/Prague", "2026-01-02T06:30:00Z", false),
            ("08:00-20:00@Europe/Prague", "2026-01-02T07:00:00Z", true),
            ("08:00-20:00@Asia/Kolkata", "2026-01-02T02:29:00Z", false),
            ("08:00-20:00@Asia/Kolkata", "2026-01-02T02:30:00Z", true),
            // Over midnight, and to it.
            ("22:00-06:00@UTC", "2026-07-01T23:00:00Z", true), ("22:00-06:00@UTC", "2026-07-01T05:59:59Z", true),
            ("22:00-06:00@UTC", "2026-07-01T06:00:00Z", false), ("22:00-06:00@UTC", "2026-07-01T21:59:59Z", false),
            ("00:00-24:00@UTC", "2026-07-01T00:00:00Z", true), ("00:00-24:00@UTC", "2026-07-01T23:59:59Z", true),
            ("20:00-24:00@UTC", "2026-07-02T00:00:00Z", false), ("20:00-00:00@UTC", "2026-07-01T23:59:59Z", true),
            // 3 July 2026 is a Friday; the window of Friday night reaches into Saturday.
            ("mon-fri 08:00-20:00@UTC", "2026-07-03T12:00:00Z", true),
            ("mon-fri 08:00-20:00@UTC", "2026-07-04T12:00:00Z", false),
            ("sat,sun 08:00-20:00@UTC", "2026-07-05T12:00:00Z", true),
            ("fri-mon 08:00-20:00@UTC", "2026-07-05T12:00:00Z", true),
            ("fri-mon 08:00-20:00@UTC", "2026-07-07T12:00:00Z", false),
            ("fri 22:00-06:00@UTC", "2026-07-04T05:00:00Z", true),
            ("fri 22:00-06:00@UTC", "2026-07-03T05:00:00Z", false),
            ("MON-FRI 08:00-20:00@UTC", "2026-07-03T12:00:00Z", true),
        ])
    func isOpen(text: String, moment: String, expected: Bool) throws {
        #expect(try Self.window(text).isOpen(at: Self.date(moment)) == expected)
    }

    @Test(
        "says when it opens next",
        arguments: [
            ("08:00-20:00@Europe/Prague", "2026-07-01T03:00:00Z", "2026-07-01T06:00:00Z"),
            ("08:00-20:00@Europe/Prague", "2026-07-01T19:00:00Z", "2026-07-02T06:00:00Z"),
            ("08:00-20:00@Europe/Prague", "2026-07-01T07:00:00Z", "2026-07-01T07:00:00Z"),
            ("mon 08:00-20:00@UTC", "2026-07-06T20:00:00Z", "2026-07-13T08:00:00Z"),
            ("mon-fri 08:00-20:00@UTC", "2026-07-03T20:00:00Z", "2026-07-06T08:00:00Z"),
            ("22:00-06:00@UTC", "2026-07-01T06:00:00Z", "2026-07-01T22:00:00Z"),
            // The day on which it is put forward, and the one on which it is put back.
            ("08:00-20:00@Europe/Prague", "2026-03-28T20:00:00Z", "2026-03-29T06:00:00Z"),
            ("08:00-20:00@Europe/Prague", "2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z"),
        ])
    func opens(text: String, moment: String, expected: String) throws {
        #expect(try Self.window(text).opens(from: Self.date(moment)) == Self.date(expected))
    }

    @Test(
        "names a moment in its zone, as that was written",
        arguments: [
            ("08:00-20:00@UTC", "08:00 UTC"), ("08:00-20:00@ UTC", "08:00 UTC"), ("08:00-20:00@GMT", "08:00 GMT"),
            ("08:00-20:00@Europe/Prague", "08:00 Prague time"),
            ("08:00-20:00@America/New_York", "08:00 New York time"),
            ("mon 08:00-20:00@Europe/Prague", "Monday 08:00 Prague time"),
        ])
    func words(text: String, expected: String) throws {
        let window = try Self.window(text)
        let now = try Self.date("2026-07-04T01:00:00Z")
        #expect(window.words(for: window.opens(from: now), at: now) == expected)
    }

    @Test(
        "is as long as the wall clock says on the days on which clocks change",
        arguments: [
            // At 02:00 it is put forward to 03:00: the window from 02:30 on begins at 03:00.
            ("02:30-05:00@Europe/Prague", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"),
            ("01:00-05:00@Europe/Prague", "2026-03-29T00:30:00Z", "2026-03-29T03:00:00Z"),
            ("22:00-06:00@Europe/Prague", "2026-03-28T22:00:00Z", "2026-03-29T04:00:00Z"),
            // At 03:00 it is put back to 02:00: half past two comes twice, and the first one counts.
            ("02:30-05:00@Europe/Prague", "2026-10-25T00:30:00Z", "2026-10-25T04:00:00Z"),
            ("22:00-06:00@Europe/Prague", "2026-10-24T21:00:00Z", "2026-10-25T05:00:00Z"),
        ])
    func summerTime(text: String, moment: String, end: String) throws {
        let window = try Self.window(text)
        let (beginning, closing) = try (Self.date(moment), Self.date(end))
        #expect(window.isOpen(at: beginning))
        #expect(window.isOpen(at: closing - 1))
        #expect(!window.isOpen(at: closing))
    }

    @Test("that the change of clocks swallows whole is not opened that day")
    func swallowed() throws {
        let window = try Self.window("02:10-02:50@Europe/Prague")
        #expect(try window.opens(from: Self.date("2026-03-28T12:00:00Z")) == Self.date("2026-03-30T00:10:00Z"))
    }

    @Test("depends on nothing but the moment: a clock that is set back closes and opens it again")
    func clockSetBack() throws {
        let window = try Self.window("08:00-20:00@UTC")
        let moments = ["2026-07-01T08:00:00Z", "2026-07-01T07:00:00Z", "2026-07-01T08:00:00Z"]
        #expect(try moments.map { try window.isOpen(at: Self.date($0)) } == [true, false, true])
    }

    @Test("all through a year it agrees with the wall clock", arguments: ["08:00-20:00", "22:00-06:00"])
    func agrees(text: String) throws {
        let zone = try #require(TimeZone(identifier: "Europe/Prague"))
        let window = try Self.window(text + "@Europe/Prague")
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var date = try Self.date("2026-01-01T00:00:00Z")
        let end = try Self.date("2027-01-01T00:00:00Z")
        while date < end {
            let hour = calendar.component(.hour, from: date)
            let expected = text.hasPrefix("08") ? (8..<20).contains(hour) : hour >= 22 || hour < 6
            #expect(window.isOpen(at: date) == expected, "\(date)")
            date += 47 * 60
        }
    }

    @Test(
        "is open, or closed, through the whole of a period, also when clocks change",
        arguments: ["08:00-20:00@Europe/Prague", "mon-fri 22:00-03:00@Europe/Prague", "sun 02:30-02:45@Europe/Prague"])
    func period(text: String) throws {
        let window = try Self.window(text)
        // Clocks go forward on 29 March and back on 25 October.
        for start in ["2026-03-27T00:00:00Z", "2026-10-23T00:00:00Z"] {
            for minutes in stride(from: 0, to: 5 * 1440, by: 97) {
                let date = try Self.date(start).addingTimeInterval(Double(minutes) * 60)
                let period = window.period(at: date)
                try #require(period.dates.contains(date))
                let length = period.dates.upperBound.timeIntervalSince(date)
                for share in [0, 0.3, 0.7, 0.999] {
                    let later = date.addingTimeInterval(length * share)
                    #expect(window.isOpen(at: later) == period.isOpen)
                    if !period.isOpen { #expect(window.opens(from: later) == period.dates.upperBound) }
                }
                #expect(window.isOpen(at: period.dates.upperBound) != period.isOpen)
            }
        }
    }

    @Test("opens two weeks later when the clocks skip its only hours of a week")
    func skippedHours() throws {
        let window = try Self.window("sun 02:30-02:45@Europe/Prague")
        #expect(try window.opens(from: Self.date("2026-03-23T12:00:00Z")) == Self.date("2026-04-05T00:30:00Z"))
    }

    @Test("in the machine's zone, when it names none")
    func localZone() throws {
        let zone = try #require(TimeZone(identifier: "America/New_York"))
        let window = try #require(SendWindow(argument: "08:00-20:00", zone: zone))
        #expect(window.zone == zone)
        #expect(try !window.isOpen(at: Self.date("2026-07-01T11:59:00Z")))
        #expect(try window.isOpen(at: Self.date("2026-07-01T12:00:00Z")))
    }

    @Test(
        "is refused when it makes no sense",
        arguments: [
            "", "08:00", "8:00-20:00", "08:00-08:00", "08:00-24:30", "24:00-08:00", "08:60-09:00", "08:00–20:00",
            "08:00-20:00@Mars/Olympus", "08:00-20:00@", "mon- 08:00-20:00", "noday 08:00-20:00", "mon fri 08:00-20:00",
            "mon-fri-sun 08:00-20:00", "08:00-20:00-22:00", "٠٨:٠٠-٢٠:٠٠", "08:00-20:00@UTC@UTC",
        ])
    func refused(text: String) { #expect(SendWindow(argument: text) == nil) }
}
