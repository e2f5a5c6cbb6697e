import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The screens look as they were found good")
struct GoldenTests {
    static let sizes = [
        Size(width: 60, height: 16), Size(width: 80, height: 24), Size(width: 132, height: 43),
        Size(width: 240, height: 60),
    ]

    @Test("every screen", arguments: sizes)
    func screens(_ size: Size) throws {
        try Golden.check(view(Fixture.send(size: size)), "send")
        try Golden.check(view(Fixture.model(size: size)), "send-empty")
        try Golden.check(view(Fixture.run(size: size)), "run")
        try Golden.check(view(Fixture.run(size: size, runs: 3)), "run-of-three")
        try Golden.check(view(Fixture.model(.run, size: size)), "run-none")
        try Golden.check(view(Fixture.failures(size: size)), "failures")
        try Golden.check(view(Fixture.failures(0, size: size)), "failures-none")
        try Golden.check(view(Fixture.history(size: size)), "history")
        try Golden.check(view(Fixture.listener(size: size)), "listener")
        try Golden.check(view(Fixture.log(size: size)), "log")
        try Golden.check(view(Fixture.nodes(size: size)), "nodes")
        try Golden.check(view(Fixture.nodes(.history, size: size)), "history-of-nodes")
    }

    private static let plannedWaits: [(DeliveryHold.Kind, String)] = [
        (.window, "waiting for the send window to open at 08:00 Prague time"),
        (.dailyLimit, "daily limit reached, 5,000,000 of 5,000,000, until Monday 08:00 Buenos Aires time"),
    ]

    @Test("every state of a run", arguments: sizes)
    func states(_ size: Size) throws {
        let until = Fixture.now.addingTimeInterval(46)
        let states: [(String, RunState)] = [
            ("paused", .paused), ("waiting", .waiting(reason: "429 Too Many Requests", until: until)),
            ("finishing", .finishing), ("done", .done), ("stopped", .stopped(reason: "stopped by you")),
            ("failed", .failed(reason: "403 from /banners/show/bulk: the key may not do this")),
        ]
        for (hold, reason) in Self.plannedWaits {
            let state = RunState.waiting(reason: reason, until: Fixture.now.addingTimeInterval(46_000))
            try Golden.check(view(Fixture.run(state, size: size, hold: hold)), "run-waiting-\(hold)")
        }
        for (name, state) in states { try Golden.check(view(Fixture.run(state, size: size)), "run-\(name)") }
    }

    @Test("every overlay", arguments: sizes)
    func overlays(_ size: Size) throws {
        func over(_ model: Model, _ keys: [Key], _ name: String) throws {
            var model = model
            for key in keys { _ = update(&model, .key(key)) }
            try Golden.check(view(model), name)
        }
        try over(Fixture.send(size: size), [.character("?")], "help")
        try over(Fixture.send(size: size), [.character(":"), .character("r"), .character("e")], "palette")
        try over(Fixture.send(size: size), [.character("s")], "confirm-start")
        try over(Fixture.send(size: size), [.character("o")], "path")
        try over(Fixture.send(size: size), [.character("a")], "ages")
        try over(Fixture.run(size: size), [.character("x"), .left], "confirm-stop")
        try over(Fixture.run(size: size), [.character("q")], "quit")
        try over(Fixture.run(size: size), [.character("b")], "sandbox")
        try over(Fixture.failures(size: size), [.character("e")], "edit")
        try over(Fixture.failures(size: size), [.character(" "), .character("v"), .down, .down], "marks")
        try over(Fixture.failures(size: size), [.character("w")], "export")
        try over(Fixture.history(size: size), [.character("w")], "report")
        try over(Fixture.listener(size: size), [.character("s")], "confirm-listener")
        try over(Fixture.run(.stopped(reason: "stopped by you"), size: size), [.character("c")], "confirm-resume")
        try over(
            Fixture.failures(size: size), [.character(" "), .down, .character(" "), .character("r")], "confirm-retry")
        try over(Fixture.faceted(size: size), [.character("f"), .down], "facets")
        var model = Fixture.send(size: size)
        model.setup.hasSandbox = false
        try over(model, [.character(",")], "settings")
    }

    @Test("the overlays that wait for an answer", arguments: sizes)
    func answered(_ size: Size) throws {
        var fix = Fixture.faceted(size: size)
        for key in [Key.character("c"), .character("_"), .tab, .character(" ")] { _ = update(&fix, .key(key)) }
        if case .fix(let open) = fix.overlays.last, let change = open.fix {
            _ = update(&fix, .fixPreviewed(change, .success(Fixture.fixPreview)))
        }
        try Golden.check(view(fix), "fix")
        _ = update(&fix, .key(.enter))
        try Golden.check(view(fix), "confirm-fix")

        var inspector = Fixture.run(size: size)
        _ = update(&inspector, .key(.character("o")))
        _ = update(&inspector, .requests(.success(Fixture.traces)))
        _ = update(&inspector, .key(.down))
        try Golden.check(view(inspector), "inspector")

        var mapping = Fixture.send(size: size)
        _ = update(&mapping, .unmapped(path: "/home/jan/samples/customers.csv", Fixture.columns))
        try Golden.check(view(mapping), "unmapped")
        _ = update(&mapping, .key(.enter))
        try Golden.check(view(mapping), "mapping")

        var encoding = Fixture.send(size: size)
        _ = update(&encoding, .key(.character("E")))
        let sample = EncodingSample(lines: ["Müller · Žofie", "Nováková"], isTelling: true)
        _ = update(&encoding, .encodingSampled(path: "/home/jan/samples/customers.csv", nil, .success(sample)))
        try Golden.check(view(encoding), "encoding")
    }

    @Test("erasing a person, and the audit", arguments: sizes)
    func people(_ size: Size) throws {
        var model = Fixture.failures(size: size)
        _ = update(&model, .key(.character("D")))
        _ = update(&model, .erased(model.erasures, isDryRun: true, .success(Fixture.erasure)))
        for character in "era" { _ = update(&model, .key(.character(character))) }
        try Golden.check(view(model), "erase")
        for character in "se" { _ = update(&model, .key(.character(character))) }
        _ = update(&model, .key(.enter))
        _ = update(&model, .erased(model.erasures, isDryRun: false, .success(Fixture.erasure)))
        try Golden.check(view(model), "erased")

        var audit = Fixture.history(size: size)
        let effects = update(&audit, .key(.character("a")))
        guard case .readAudit(let query)? = effects.first else { return }
        _ = update(&audit, .audit(query, .success(Fixture.audit(AuditModel.maximumEntries + 1))))
        _ = update(&audit, .key(.down))
        try Golden.check(view(audit), "audit")
    }

    @Test("the question about the send window", arguments: sizes)
    func passWindow(_ size: Size) throws {
        var model = Fixture.run(
            .waiting(reason: "waiting for the send window to open at 08:00 Prague time", until: nil), size: size,
            hold: .window)
        _ = update(&model, .key(.character("W")))
        try Golden.check(view(model), "confirm-pass-window")
    }

    @Test("hours, a daily limit and a list on the Send screen", arguments: sizes)
    func limits(_ size: Size) throws {
        var model = Fixture.send(size: size)
        var engine = Fixture.engine([Fixture.snapshot(42, .running)], generation: 3)
        engine.schedule = SendSchedule(window: "mon-fri 08:00-20:00@Europe/Prague", dailyLimit: 50_000)
        engine.sentToday = 12_204
        _ = update(&model, .engine(engine))
        model.send.fields[.onlyNew] = TextField("nightly")
        model.send.newCount = NewCount(
            path: "/home/jan/samples/customers.csv", list: "nightly",
            answer: .counted(Array(repeating: 2, count: 100) + Array(repeating: 0, count: 51)))
        try Golden.check(view(model), "send-limits")
        _ = update(&model, .key(.character("s")))
        try Golden.check(view(model), "confirm-only-new")
        _ = update(&model, .key(.escape))
        model.ask(.schedule(SendSchedule(window: "22:00-06:00@Europe/Prague", dailyLimit: 5000)))
        try Golden.check(view(model), "confirm-schedule")
    }

    @Test("a profile of production, and the choice of profiles", arguments: sizes)
    func profiles(_ size: Size) throws {
        var model = Fixture.profiled("production", size: size)
        try Golden.check(view(model), "production")
        var report = Fixture.report
        report.ages = report.ages.map { $0 * 2 }
        _ = update(&model, .dryRun(path: "/home/jan/samples/customers.csv", .success(report)))
        _ = update(&model, .key(.character("s")))
        _ = update(&model, .key(.character("p")))
        try Golden.check(view(model), "confirm-production")
        _ = update(&model, .key(.escape))
        _ = update(&model, .key(.character("P")))
        try Golden.check(view(model), "profiles")
    }

    @Test("a run of an earlier process, with the graph that was kept of it", arguments: sizes)
    func keptGraph(_ size: Size) throws {
        var model = Fixture.history(size: size)
        _ = update(&model, .key(.enter))
        var graph = RunGraph()
        for second in 0..<2000 {
            graph.add(sent: 300 + second % 900, errors: second % 211 == 0 ? 3 : 0, second: second)
        }
        _ = update(&model, .graph(RunID(rawValue: 30), graph))
        _ = update(&model, .key(.left))
        try Golden.check(view(model), "run-kept")
    }

    @Test("messages that go by themselves", arguments: sizes)
    func toasts(_ size: Size) throws {
        var model = Fixture.run(size: size)
        model.toast(.good, "Run 42 started")
        model.toast(.bad, "The API answered 403 to the login: this project key is not known there. Type another one.")
        try Golden.check(view(model), "toasts")
    }

    @Test("the ASCII form", arguments: sizes)
    func ascii(_ size: Size) throws {
        try Golden.check(view(Fixture.run(size: size)).asciiForm(), "ascii-run")
        try Golden.check(view(Fixture.send(size: size)).asciiForm(), "ascii-send")
    }

    @Test("a terminal that is too small says so")
    func tooSmall() throws {
        try Golden.check(view(Fixture.send(size: Size(width: 59, height: 16))), "too-small")
        try Golden.check(view(Fixture.send(size: Size(width: 20, height: 4))), "too-small")
    }
}
