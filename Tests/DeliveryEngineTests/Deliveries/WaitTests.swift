import CustomerRecords
import DeliveryModel
import Foundation
import ShowAdsAPI
import TestSupport
import Testing

@testable import DeliveryEngine

@Suite("Runs wait and say for what")
struct WaitTests {
    /// A window that is open, or closed, now and for the next hour.
    private static func window(isOpen: Bool) throws -> SendWindow {
        func time(_ hours: Double) -> String {
            let style = Date.VerbatimFormatStyle(
                format: "\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)",
                timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
            return Date(timeIntervalSinceNow: hours * 3600).formatted(style)
        }
        let text = isOpen ? "\(time(-1))-\(time(2))@UTC" : "\(time(2))-\(time(3))@UTC"
        return try #require(SendWindow(argument: text), "\(text)")
    }

    @Test("nothing leaves while the send window is closed, and that time does not count for giving up")
    func closedWindow() async throws {
        let api = FakeBannerAPI()
        let window = try Self.window(isOpen: false)
        try await withEngine(api, giveUpAfter: .milliseconds(200), window: window) { workplace in
            // The screen shows it before anything is sent.
            #expect(workplace.engine.snapshot().schedule == SendSchedule(window: window.text))
            let run = try await workplace.start(records: 2000)
            await workplace.until(run) { $0.state.reason != nil }
            let state = workplace.engine.snapshot().run(run)?.state
            #expect(state?.word == "waiting")
            let until = window.words(for: window.opens(from: Date()), at: Date())
            #expect(state?.reason == "waiting for the send window to open at \(until)")
            #expect(workplace.engine.snapshot().run(run)?.hold == .window)
            // Longer than it would be borne if it counted.
            await workplace.until(run) { $0.summary.seconds > 1.5 }
            #expect(workplace.engine.snapshot().run(run)?.state.word == "waiting")
            try await workplace.engine.stop(run, mode: .finishInFlight)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state.word == "stopped")
            #expect(summary.possibleDuplicates == 0)
            #expect(api.ledger.requests.isEmpty)
        }
    }

    @Test("one run is sent past a closed window when an operator wants it, and the others wait")
    func passedWindow() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api, window: Self.window(isOpen: false)) { workplace in
            let first = try await workplace.start(records: 2000)
            await workplace.until(first) { $0.state.word == "waiting" && $0.isFullyRead }
            let shown = workplace.engine.snapshot().run(first)?.summary.counts.read
            #expect(shown == 0, "what is only read ahead is not counted")
            // It writes the same file again, which the first one has read by now.
            let second = try await workplace.start(records: 10)
            await workplace.until(second) { $0.state.word == "waiting" }
            try await workplace.engine.passWindow(first)
            let summary = try await workplace.engine.finished(first)
            #expect(summary.state == .done && summary.counts.sent == 2000)
            #expect(workplace.engine.snapshot().run(second)?.state.word == "waiting")
            #expect(api.ledger.requests.reduce(0) { $0 + $1.cookies.count } == 2000)
            let audit = try await workplace.engine.audit(AuditQuery(run: first))
            #expect(audit.map(\.command) == [.passWindow, .send])
            try await workplace.engine.stop(second, mode: .finishInFlight)
            _ = try await workplace.engine.finished(second)
        }
        try await withEngine(api, window: Self.window(isOpen: true)) { workplace in
            api.hold()
            let run = try await workplace.start(records: 10)
            await #expect(throws: DeliveryError.self) { try await workplace.engine.passWindow(run) }
            api.release()
            _ = try await workplace.engine.finished(run)
        }
    }

    @Test("what the reader found is said only of the records that are counted")
    func noticesAhead() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api, window: Self.window(isOpen: false)) { workplace in
            let lines = (0..<3000).map { "Jane\($0 % 3 == 0 ? "_" : " ")Doe,30,\($0),1\n" }.joined()
            let path = try workplace.file("name,age,cookie,banner_id\n" + lines)
            let options = ReaderOptions(batchSize: 100)
            let run = try await workplace.engine.start(RunRequest(source: .file(path: path), options: options))
            func names(_ summary: RunSummary?) -> Int? {
                summary?.notices.first { $0.code == .nameFormatAny }?.count
            }
            await workplace.until(run) { $0.hold == .window }
            let waiting = workplace.engine.snapshot().run(run)?.summary
            #expect(names(waiting) ?? 0 <= waiting?.counts.reasons[.name] ?? 0)
            try await workplace.engine.passWindow(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.counts.reasons[.name] == 1000 && names(summary) == 1000)
        }
    }

    @Test("a run that is sent past a closed window says when the API holds it back")
    func heldPastWindow() async throws {
        let api = FakeBannerAPI { _ in .transient(.webPage, mayHaveBeenApplied: true) }
        try await withEngine(api, window: Self.window(isOpen: false)) { workplace in
            let run = try await workplace.start(records: 10)
            await workplace.until(run) { $0.hold == .window }
            try await workplace.engine.passWindow(run)
            await workplace.until(run) { $0.hold == .unavailable }
            api.setRule { _ in .applied }
            await workplace.engine.retryNow()
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done && summary.counts.sent == 10)
        }
    }

    @Test("hours and limit that are changed hold for open runs, too, are seen and audited")
    func changedSchedule() async throws {
        let api = FakeBannerAPI()
        let closed = try Self.window(isOpen: false)
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            try await engine.setSchedule(SendSchedule(window: closed.text))
            #expect(engine.snapshot().schedule == SendSchedule(window: closed.text))
            #expect(engine.snapshot().isScheduleTemporary)
            let run = try await workplace.start(records: 3000)
            await workplace.until(run) { $0.hold == .window }
            // The window opens, and the day has room for a part of it only.
            try await engine.setSchedule(SendSchedule(dailyLimit: 1500))
            await workplace.until(run) { $0.hold == .dailyLimit }
            #expect(engine.snapshot().sentToday.map { $0 <= 1500 } == true)
            try await engine.setSchedule(SendSchedule(dailyLimit: 5000))
            let summary = try await engine.finished(run)
            #expect(summary.state == .done && summary.counts.sent == 3000)
            let commands = try await engine.audit(AuditQuery()).map(\.command)
            #expect(commands == [.setDailyLimit, .setDailyLimit, .setWindow, .send, .setWindow])
        }
    }

    @Test("hours that can't be understood and a limit of nothing are refused, and change nothing")
    func wrongSchedule() async throws {
        try await withEngine(FakeBannerAPI()) { workplace in
            for schedule in [SendSchedule(window: "8-20"), SendSchedule(dailyLimit: 0)] {
                await #expect(throws: DeliveryError.self) { try await workplace.engine.setSchedule(schedule) }
            }
            #expect(workplace.engine.snapshot().schedule == SendSchedule())
        }
    }

    @Test("a run that was sent past the closed window waits for another window that is closed, too")
    func otherWindow() async throws {
        let api = FakeBannerAPI()
        let closed = try Self.window(isOpen: false)
        try await withEngine(api, window: closed) { workplace in
            api.hold()
            let run = try await workplace.start(records: 2000)
            await workplace.until(run) { $0.hold == .window }
            #expect(!workplace.engine.snapshot().isScheduleTemporary)
            try await workplace.engine.passWindow(run)
            await workplace.until(run) { $0.inFlight > 0 && $0.hold == nil }
            let other = closed.text.replacing("@UTC", with: "@GMT")
            try await workplace.engine.setSchedule(SendSchedule(window: other))
            await workplace.until(run) { $0.hold == .window }
            // Whatever is in flight may be all of it.
            try await workplace.engine.stop(run, mode: .finishInFlight)
            api.release()
            _ = try await workplace.engine.finished(run)
        }
    }

    @Test("an open send window holds nothing back")
    func openWindow() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api, window: Self.window(isOpen: true)) { workplace in
            let summary = try await workplace.deliver(records: 2000)
            #expect(summary.counts.sent == 2000)
        }
    }

    @Test("one web page in place of an answer holds all runs until the API itself answers, and is in doubt")
    func webPage() async throws {
        let api = FakeBannerAPI { _ in .transient(.webPage, mayHaveBeenApplied: true) }
        try await withEngine(api, attempts: 1) { workplace in
            let run = try await workplace.start(records: 10)
            await workplace.until(run) { $0.hold == .unavailable }
            let reason = workplace.engine.snapshot().run(run)?.state.reason
            #expect(reason == "a web page (200) answers instead of the API at the API")
            api.setRule { _ in .applied }
            await workplace.engine.retryNow()
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done)
            #expect(summary.counts.sent == 10 && summary.counts.failed == 0)
            #expect(summary.recordsInDoubt == 10 && summary.possibleDuplicates == api.ledger.duplicates)
        }
    }
}
