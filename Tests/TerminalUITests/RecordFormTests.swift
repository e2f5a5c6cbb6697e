import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Failed records are edited and fixed")
struct RecordFormTests {
    @Test("a bulk fix says what it changes: all records, matches of a filter, or marked ones")
    func fixScope() {
        func scope(_ keys: [Key], _ change: (inout Model) -> Void = { _ in }) -> String {
            var model = Fixture.failures(size: Size(width: 100, height: 30))
            change(&model)
            for key in keys + [.character("c")] { _ = update(&model, .key(key)) }
            guard case .fix(let fix) = model.overlays.last else { return "" }
            return fix.scope
        }
        #expect(scope([]) == "all records in all runs")
        #expect(scope([]) { $0.failures.query.run = RunID(rawValue: 42) } == "all records in run 42")
        #expect(scope([]) { $0.failures.query.reason = .name } == "all matches in all runs")
        #expect(scope([.character("a")]) == "all records in all runs")
        #expect(scope([.character("a"), .character(" ")]) == "all records except 1 in all runs")
        #expect(scope([.character(" ")]) { $0.failures.query.reason = .name } == "1 marked")
    }

    @Test("a rejected record can't be retried, and says what to do instead")
    func rejected() {
        var model = Fixture.failures()
        for _ in 0..<2 { _ = update(&model, .key(.down)) }
        #expect(model.failures.current?.kind == .rejected)
        #expect(update(&model, .key(.character("r"))).isEmpty)
        #expect(model.toasts.last?.text == "Rejected: edit it first (e)")
    }

    @Test("the form checks as one types and sends only what keeps every rule")
    func edit() {
        var model = Fixture.failures()
        _ = update(&model, .key(.character("e")))
        #expect(SendTests.text(view(model)).contains("✗ letters and spaces"))
        #expect(update(&model, .key(.enter)).isEmpty)
        for key in "Jan Novák".map(Key.character) { _ = update(&model, .key(key)) }
        #expect(!SendTests.text(view(model)).contains("✗"))
        let fields = RecordFields(
            name: "Jan Novák", age: "19", cookie: "26555324-53df-4eb1-8835-e6c0078bb2c0", bannerID: "1")
        #expect(update(&model, .key(.enter)) == [.resend(1, fields)])
        #expect(update(&model, .key(.enter)).isEmpty, "it is being sent already")
        _ = update(&model, .resent(1, fields, .success(RunID(rawValue: 50))))
        #expect(model.overlays.isEmpty)
    }

    @Test("a refused resend keeps the form and what was typed")
    func refusedEdit() {
        var model = Fixture.failures()
        for key in [Key.down, .character("e"), .end, .character("x")] { _ = update(&model, .key(key)) }
        guard case .resend(let record, let fields) = update(&model, .key(.enter)).first else {
            Issue.record("nothing is sent")
            return
        }
        let refusal = DeliveryError(.conflict, "the age has to be a whole number")
        _ = update(&model, .resent(record, fields, .failure(refusal)))
        guard case .edit(let form) = model.overlays.last else {
            Issue.record("the form is gone")
            return
        }
        #expect(form.problem == "the age has to be a whole number")
    }

    @Test("the answer to an edit closes no other form, and what is being sent can't be changed")
    func editedMeanwhile() {
        var model = Fixture.failures()
        for key in [Key.down, .character("e"), .enter] { _ = update(&model, .key(key)) }
        guard case .edit(let sent) = model.overlays.last, sent.isSending else {
            Issue.record("nothing is sent")
            return
        }
        #expect(update(&model, .key(.character("x"))).isEmpty)
        for key in [Key.escape, .down, .down, .character("e"), .character("J")] { _ = update(&model, .key(key)) }
        _ = update(&model, .resent(sent.record.id, sent.recordFields, .success(RunID(rawValue: 50))))
        guard case .edit(let open) = model.overlays.last else {
            Issue.record("the form of another record is gone")
            return
        }
        #expect(open.record.id == 4 && open.fields[0].text == "J")
        #expect(model.toasts.last?.text == "Resending as run 50")
    }

    @Test("a bulk fix takes the marks off its own records only")
    func markedMeanwhile() {
        var model = Fixture.failures()
        let change = RecordChange(field: .name, kind: .trim("_"))
        for _ in 0..<2 { _ = update(&model, .key(.character(" "))) }
        let fix = BulkFix(change: change, selection: .records([1, 2]))
        _ = update(&model, .key(.character(" ")))
        _ = update(&model, .fixApplied(fix, .success([RunID(rawValue: 50)])))
        #expect((1...5).filter { model.failures.isMarked($0) } == [3])

        _ = update(&model, .key(.character("a")))
        let all = BulkFix(change: change, selection: .matching(model.failures.query, except: []))
        _ = update(&model, .fixApplied(all, .success([RunID(rawValue: 51)])))
        #expect(model.failures.marked == 0)
    }
}
