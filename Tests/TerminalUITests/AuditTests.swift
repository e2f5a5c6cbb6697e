import DeliveryModel
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The audit on the screen")
struct AuditTests {
    private static func text(_ model: Model) -> String { SendTests.text(view(model)) }

    private static func opened(_ model: Model, _ entries: [AuditEntry], run: RunID? = nil) -> Model {
        var model = model
        let query = AuditQuery(run: run, limit: AuditModel.maximumEntries + 1)
        #expect(update(&model, .key(.character("a"))) == [.readAudit(query)])
        _ = update(&model, .audit(query, .success(entries)))
        return model
    }

    @Test("shows from the history what was done to all runs: when, what, how many records, and who")
    func history() {
        let shown = Self.text(Self.opened(Fixture.history(), Fixture.audit(5)))
        #expect(shown.contains("send run 42") && shown.contains("pass window run 42"))
        #expect(shown.contains("20,000") && shown.contains("jan@"))
        #expect(shown.contains("today 12:30") && shown.contains("as of 12:30:45") && !shown.contains("The newest"))
    }

    @Test("shows from a run what was done with that run")
    func run() {
        let run = RunID(rawValue: 42)
        let shown = Self.text(Self.opened(Fixture.run(), Fixture.audit(1), run: run))
        #expect(shown.contains("Audit log of run 42") && shown.contains("pass window"))
        #expect(Fixture.model(.run).obstacle(to: .audit) == "No run yet")
    }

    @Test("says when there is more, and where")
    func cut() {
        let many = Fixture.audit(AuditModel.maximumEntries + 1)
        let all = Self.opened(Fixture.history(), many)
        #expect(Self.text(all).contains("The newest 1,000. All of them: data-connector audit"))
        let one = Self.opened(Fixture.run(), many, run: RunID(rawValue: 42))
        #expect(Self.text(one).contains("All of them: data-connector audit --run 42"))
    }

    @Test("scrolls to its end, and closes with Esc to where it was opened")
    func scrolls() {
        var model = Self.opened(Fixture.history(), Fixture.audit(300))
        #expect(!Self.text(model).contains("19,701"))
        _ = update(&model, .key(.character("G")))
        #expect(Self.text(model).contains("19,701"))
        #expect(update(&model, .key(.escape)).isEmpty && model.overlays.isEmpty && model.screen == .history)
    }

    @Test("says when nothing was done, or why it can't be read")
    func empty() {
        #expect(Self.text(Self.opened(Fixture.history(), [])).contains("The audit log is empty."))
        var model = Fixture.history()
        _ = update(&model, .key(.character("a")))
        #expect(Self.text(model).contains("reading…"))
        let query = AuditQuery(limit: AuditModel.maximumEntries + 1)
        _ = update(&model, .audit(query, .failure(DeliveryError(.journal, "The journal is locked."))))
        #expect(Self.text(model).contains("The journal is locked."))
    }

    @Test("of a window that was closed and opened for another run, an old answer isn't shown")
    func late() {
        var model = Fixture.run()
        _ = update(&model, .key(.character("a")))
        _ = update(&model, .audit(AuditQuery(limit: AuditModel.maximumEntries + 1), .success(Fixture.audit(3))))
        #expect(Self.text(model).contains("reading…"))
    }
}
