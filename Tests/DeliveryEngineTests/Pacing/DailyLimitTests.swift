import Foundation
import Testing

@testable import DeliveryEngine

@Suite("A limit of records a day")
struct DailyLimitTests {
    private static let start = ContinuousClock.now
    private static let prague = TimeZone(identifier: "Europe/Prague")

    private static func moment(_ text: String) throws -> Moment {
        Moment(instant: start, date: try Date(text, strategy: .iso8601))
    }

    private static func day(_ from: String, _ to: String) throws -> Range<Date> {
        try Date(from, strategy: .iso8601)..<Date(to, strategy: .iso8601)
    }

    @Test(
        "asks for the day of its zone, however long that is",
        arguments: [
            ("2026-07-01T12:00:00Z", "2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"),
            ("2026-06-30T22:00:00Z", "2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"),
            ("2026-06-30T21:59:59Z", "2026-06-29T22:00:00Z", "2026-06-30T22:00:00Z"),
            // Clocks are put forward, and back.
            ("2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            ("2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ])
    func days(at: String, from: String, to: String) throws {
        var limit = try #require(DailyLimit(maximum: 100, zone: Self.prague))
        let day = try Self.day(from, to)
        #expect(limit.question(at: try Self.moment(at), isInFlight: false) == .ask(day))
        limit.counted(day, 0, now: Self.start)
        #expect(limit.ends(at: try Self.moment(at).date) == day.upperBound)
    }

    @Test("midnight comes only once where it falls into the change of clocks")
    func noMidnight() throws {
        var limit = try #require(DailyLimit(maximum: 100, zone: TimeZone(identifier: "America/Santiago")))
        // On 6 September 2026 clocks there are put forward from 00:00 to 01:00.
        let question = limit.question(at: try Self.moment("2026-09-06T12:00:00Z"), isInFlight: false)
        #expect(question == .ask(try Self.day("2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z")))
    }

    @Test("nothing may leave until it is known how much was sent, and that is asked once")
    func unknown() throws {
        var limit = try #require(DailyLimit(maximum: 100, zone: .gmt))
        let noon = try Self.moment("2026-07-01T12:00:00Z")
        #expect(limit.left(at: noon.date) == 0)
        #expect(limit.question(at: noon, isInFlight: true) == .none)
        guard case .ask(let day) = limit.question(at: noon, isInFlight: false) else {
            Issue.record("nothing was asked")
            return
        }
        #expect(limit.question(at: noon, isInFlight: false) == .none)
        limit.counted(day, 40, now: noon.instant)
        #expect(limit.left(at: noon.date) == 60)
        limit.acknowledged(50, at: noon.date)
        #expect(limit.left(at: noon.date) == 10)
        limit.acknowledged(20, at: noon.date)
        #expect(limit.left(at: noon.date) == 0 && limit.sent == 110)
        #expect(limit.question(at: noon, isInFlight: false) == .none)
    }

    @Test("another day is asked for again, also when the clock was set back")
    func otherDays() throws {
        var limit = try #require(DailyLimit(maximum: 100, zone: .gmt))
        let days = ["2026-07-01T12:00:00Z", "2026-07-02T00:00:00Z", "2026-07-01T23:59:59Z"]
        for (text, sent) in zip(days, [100, 0, 100]) {
            let moment = try Self.moment(text)
            #expect(!limit.isKnown(at: moment.date))
            guard case .ask(let day) = limit.question(at: moment, isInFlight: false) else {
                Issue.record("nothing was asked at \(text)")
                return
            }
            limit.counted(day, sent, now: moment.instant)
            #expect(limit.left(at: moment.date) == 100 - sent)
        }
    }

    @Test("a question that failed is asked again after a second; an answer for another API is ignored")
    func failing() throws {
        var limit = try #require(DailyLimit(maximum: 100, zone: .gmt))
        var noon = try Self.moment("2026-07-01T12:00:00Z")
        guard case .ask(let day) = limit.question(at: noon, isInFlight: false) else {
            Issue.record("nothing was asked")
            return
        }
        limit.counted(day, nil, now: noon.instant)
        #expect(limit.question(at: noon, isInFlight: false) == .none)
        #expect(limit.asksAgain == noon.instant + .seconds(1))
        noon.instant += .seconds(1)
        #expect(limit.question(at: noon, isInFlight: false) == .ask(day))
        limit.forget()
        limit.counted(day, 7, now: noon.instant)
        #expect(!limit.isKnown(at: noon.date))
    }
}
