import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Send window and daily limit on the screen")
struct ScheduleTests {
    private static let day = SendSchedule(window: "mon-fri 08:00-20:00@Europe/Prague", dailyLimit: nil)

    private static func type(_ text: String, _ model: inout Model) {
        for character in text { _ = update(&model, .key(.character(character))) }
    }

    private static func engine(_ schedule: SendSchedule, _ runs: [RunSnapshot] = [], generation: Int = 5)
        -> EngineSnapshot
    {
        var engine = Fixture.engine(runs, generation: generation)
        engine.schedule = schedule
        return engine
    }

    @Test("a window is typed with its days and its zone, and holds after Enter")
    func window() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("W")))
        #expect(model.send.field == .window)
        Self.type("mon-fri 08:00-20:00@Europe/Prague", &model)
        #expect(model.send.problem(.window) == nil)
        #expect(update(&model, .key(.enter)) == [.setSchedule(Self.day)])
        #expect(model.send.field == nil)
    }

    @Test("what is not a window is said while it is typed, and nothing is started with it")
    func wrong() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("W")))
        Self.type("8-20", &model)
        #expect(SendTests.text(view(model)).contains("08:00-20:00"))
        #expect(update(&model, .key(.enter)).isEmpty)
        #expect(model.obstacle(to: .start)?.hasPrefix("8-20: not a send window") == true)
        _ = update(&model, .key(.character("L")))
        Self.type("0", &model)
        #expect(model.send.problem(.dailyLimit) == "1 or more")
    }

    @Test("while hours or a limit are typed, it says that they end with the process, and which option keeps them")
    func ends() {
        var model = Fixture.send(size: Size(width: 240, height: 60))
        _ = update(&model, .key(.character("W")))
        #expect(SendTests.text(view(model)).contains("until restart; see --window"))
        _ = update(&model, .key(.escape))
        _ = update(&model, .key(.character("L")))
        #expect(SendTests.text(view(model)).contains("until restart; see --daily-limit"))
        model.size = Size(width: 80, height: 24)
        #expect(
            SendTests.text(view(model)).contains("Ages and pace") && !SendTests.text(view(model)).contains("see --"))
        _ = update(&model, .key(.escape))
        #expect(!SendTests.text(view(model)).contains("until restart"))
    }

    @Test("Esc leaves the hours as they were")
    func escape() {
        var model = Fixture.send()
        _ = update(&model, .engine(Self.engine(Self.day)))
        #expect(model.send.text(.window) == "mon-fri 08:00-20:00@Europe/Prague")
        _ = update(&model, .key(.character("W")))
        Self.type("always", &model)
        #expect(update(&model, .key(.escape)).isEmpty)
        #expect(model.send.text(.window) == Self.day.window)
    }

    @Test("with open runs it is asked first, with Cancel focused, which leaves everything as it was")
    func asks() {
        var model = Fixture.send()
        _ = update(&model, .engine(Self.engine(SendSchedule(), [Fixture.snapshot(42, .running)])))
        func change() {
            _ = update(&model, .key(.character("L")))
            Self.type("50000", &model)
            #expect(update(&model, .key(.enter)).isEmpty)
        }
        change()
        let shown = SendTests.text(view(model))
        #expect(shown.contains("Daily limit") && shown.contains("50,000 records") && shown.contains("Run 42 is open"))
        #expect(shown.contains("Until restart; use --daily-limit to keep it."))
        #expect(update(&model, .key(.enter)).isEmpty && model.overlays.isEmpty && model.send.text(.dailyLimit).isEmpty)
        change()
        #expect(update(&model, .key(.character("y"))) == [.setSchedule(SendSchedule(dailyLimit: 50_000))])
    }

    @Test("hours that are changed elsewhere while another field is typed in are not changed back")
    func elsewhere() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("a")))
        Self.type("25", &model)
        _ = update(&model, .engine(Self.engine(Self.day)))
        #expect(update(&model, .key(.enter)) == [])
        #expect(model.send.text(.window) == Self.day.window && model.send.text(.minimumAge) == "25")
    }

    private static func paced(_ concurrency: Int, _ rate: Int?) -> EngineSnapshot {
        var engine = engine(SendSchedule(), generation: 6)
        engine.concurrencyMaximum = concurrency
        engine.rateMaximum = rate
        return engine
    }

    @Test("a pace that is changed elsewhere while the ages are typed is not changed back")
    func pacedElsewhere() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("a")))
        Self.type("25", &model)
        _ = update(&model, .engine(Self.paced(4, 100)))
        #expect(model.send.text(.concurrency) == "4" && model.send.text(.rate) == "100")
        #expect(update(&model, .key(.enter)) == [])
    }

    @Test("the field with the keys follows when it loses them, unless it was typed in", arguments: [false, true])
    func focused(isTyped: Bool) {
        var model = Fixture.send()
        model.focus(.concurrency)
        if isTyped { Self.type("8", &model) }
        _ = update(&model, .engine(Self.paced(4, 100)))
        #expect(model.send.text(.concurrency) == (isTyped ? "8" : "16"))
        #expect(model.send.text(.rate) == "100")
        _ = update(&model, .key(.tab))
        #expect(model.send.text(.concurrency) == (isTyped ? "8" : "4"))
        #expect(update(&model, .key(.enter)) == (isTyped ? [.setConcurrency(8)] : []))
    }

    @Test("Esc leads back to the pace that holds now, not to the one of before")
    func escapePace() {
        var model = Fixture.send()
        model.focus(.concurrency)
        Self.type("8", &model)
        _ = update(&model, .engine(Self.paced(4, nil)))
        _ = update(&model, .key(.escape))
        #expect(model.send.text(.concurrency) == "4")
    }

    @Test("the question says until when open runs would wait")
    func closes() {
        // The fixture's now is a Tuesday, 13:30 in Prague.
        let night = SendSchedule(window: "22:00-06:00@Europe/Prague", dailyLimit: nil)
        var model = Fixture.send()
        _ = update(&model, .engine(Self.engine(SendSchedule(), [Fixture.snapshot(42, .running)])))
        model.ask(.schedule(night))
        #expect(SendTests.text(view(model)).contains("It will wait until 22:00 Prague time."))
    }

    @Test("the header names hours and limit, and until when they hold everything back", arguments: [60, 80, 132, 240])
    func header(_ width: Int) {
        var model = Fixture.send(size: Size(width: width, height: 24))
        func head() -> String { String(SendTests.text(view(model)).split(separator: "\n")[0]) }
        _ = update(&model, .engine(Self.engine(SendSchedule(dailyLimit: 50_000))))
        #expect(head().contains("50,000"))
        var all = Self.engine(SendSchedule(window: Self.day.window, dailyLimit: 50_000), generation: 6)
        all.isScheduleTemporary = true
        _ = update(&model, .engine(all))
        #expect(head().contains(width < 132 ? "50,000/day" : "50,000 per day"))
        #expect(head().contains(width == 60 ? "window" : "mon-fri 08:00-20:00"))
        #expect(head().contains("until restart") == (width == 240))
        // Beside an address, too.
        model.setup.hasSandbox = false
        #expect(head().contains(width == 60 ? "window, limit" : "50,000"))
        model.setup.hasSandbox = true
        var held = Self.engine(Self.day, generation: 7)
        let opens = Fixture.now.addingTimeInterval(3600)
        held.holds = [DeliveryHold(kind: .window, reason: "waiting for the send window", until: opens)]
        _ = update(&model, .engine(held))
        #expect(head().contains("waits ") || head().contains("until 14:30 Prague time"))
        var brief = Self.engine(SendSchedule(window: "08:00-20:00@UTC"), generation: 8)
        brief.holds = [DeliveryHold(kind: .window, reason: "waiting for the send window", until: opens)]
        _ = update(&model, .engine(brief))
        #expect(head().contains("until 13:30 UTC"))
        #expect(head().contains("sandbox"))
    }

    @Test("a start takes along what was typed, and says that it waits")
    func start() {
        var model = Fixture.send(size: Size(width: 132, height: 43))
        _ = update(&model, .key(.character("W")))
        Self.type("22:00-06:00@Europe/Prague", &model)
        _ = update(&model, .key(.tab))
        model.leaveField()
        _ = update(&model, .key(.character("s")))
        let shown = SendTests.text(view(model))
        #expect(shown.contains("22:00-06:00@Europe/Prague"))
        #expect(shown.contains("It will wait for the send window, until 22:00 Prague time"))
        let effects = update(&model, .key(.character("y")))
        #expect(effects.contains(.setSchedule(SendSchedule(window: "22:00-06:00@Europe/Prague", dailyLimit: nil))))
        guard case .start? = effects.last else {
            Issue.record("nothing is started")
            return
        }
    }
}
