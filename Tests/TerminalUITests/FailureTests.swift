import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The Failures screen")
struct FailureTests {
    @Test("a refresh that adds and removes rows leaves the cursor on its record and on its line of the screen")
    func identity() {
        var model = Fixture.failures(100)
        for _ in 0..<20 { _ = update(&model, .key(.down)) }
        let id = model.failures.current?.id
        let line = model.failures.cursor.row - model.failures.cursor.top
        Fixture.answerFetch(&model, Fixture.records(100).filter { $0.id > 7 || $0.id == 3 })
        #expect(model.failures.current?.id == id)
        #expect(model.failures.cursor.row - model.failures.cursor.top == line)
    }

    @Test("the cursor goes to what stands in the place of a record that was delivered")
    func gone() {
        var model = Fixture.failures(100)
        for _ in 0..<20 { _ = update(&model, .key(.down)) }
        Fixture.answerFetch(&model, Fixture.records(100).filter { $0.id != 21 })
        #expect(model.failures.current?.id == 22)
    }

    @Test("moving on while a refresh is under way wins over the refresh")
    func movedMeanwhile() {
        var model = Fixture.failures(100)
        for _ in 0..<5 { _ = update(&model, .key(.down)) }
        guard case .fetchFailures(let fetch) = model.fetchFailures() else { return }
        _ = update(&model, .key(.down))
        let answer = Fixture.page(fetch, Fixture.records(100).filter { $0.id > 2 })
        _ = update(&model, .failures(.success(answer)))
        #expect(model.failures.current?.id == 7)
    }

    @Test("the answer to an older question is dropped")
    func older() {
        var model = Fixture.failures(100)
        guard case .fetchFailures(let fetch) = model.fetchFailures() else { return }
        _ = model.fetchFailures()
        _ = update(&model, .failures(.success(Fixture.page(fetch, []))))
        #expect(model.failures.count == 100)
    }

    @Test("a million rows are paged: the end is asked for with a few rows around it")
    func paging() {
        var model = Fixture.failures(30)
        model.failures.count = 1_000_000
        let effects = update(&model, .key(.character("G")))
        guard case .fetchFailures(let fetch) = effects.first else {
            Issue.record("nothing was asked for")
            return
        }
        #expect(fetch.row == 999_999)
        #expect(fetch.record == nil)
        #expect(model.failures.row(999_999) == nil)
        _ = view(model)
    }

    @Test("r says how many of the marked records can be sent, and the rejected ones stay marked")
    func marks() {
        var model = Fixture.failures()
        for _ in 0..<3 { _ = update(&model, .key(.character(" "))) }
        #expect(model.failures.marked == 3)
        #expect(model.failures.sendable == 2)
        #expect(update(&model, .key(.character("r"))).isEmpty)
        let text = SendTests.text(view(model))
        #expect(text.contains("2 of 3 marked records can be retried."))
        #expect(text.contains("1 is rejected and stays marked. Edit it first (e)."))
        guard case .retry(.some(let marks), _) = update(&model, .key(.character("y"))).first else {
            Issue.record("no retry")
            return
        }
        #expect(Set(marks.keys) == [1, 2, 3])
        #expect(marks[3]?.isRejected == true)
        _ = update(&model, .retried(.success(Retried(runs: [RunID(rawValue: 50)], sent: [1, 2]))))
        #expect(model.failures.marked == 1)
        #expect(model.toasts.last?.text == "Retrying as run 50; 1 still marked")
    }

    @Test("R names the number, counted when it is asked")
    func retryAll() {
        var model = Fixture.failures()
        guard case .countRetry(let request) = update(&model, .key(.character("R"))).first else {
            Issue.record("nothing is counted")
            return
        }
        #expect(SendTests.text(view(model)).contains("counting…"))
        #expect(update(&model, .key(.character("y"))).isEmpty, "not before it is known")
        _ = update(&model, .retryCounted(request, 12))
        #expect(SendTests.text(view(model)).contains("12 records of all runs"))
        guard case .retry(.all, let query) = update(&model, .key(.character("y"))).first else {
            Issue.record("no retry")
            return
        }
        #expect(query.kinds == [.retryable])
    }

    @Test("marks survive a filter; marking everything ends with the list, and says so")
    func marksStay() {
        var model = Fixture.failures()
        _ = update(&model, .key(.character(" ")))
        for key in [Key.character("/"), .character("q"), .enter] { _ = update(&model, .key(key)) }
        #expect(model.failures.isMarked(1))
        _ = update(&model, .key(.character("a")))
        _ = update(&model, .key(.escape))
        #expect(model.failures.marked == 0)
        #expect(model.toasts.last?.text == "Marks cleared: the list has changed")
    }

    @Test("d takes the marked records off the list and z brings them back")
    func dismissal() {
        var model = Fixture.failures()
        #expect(model.obstacle(to: .undo) == "Nothing to undo")
        for _ in 0..<2 { _ = update(&model, .key(.character(" "))) }
        guard case .dismiss(.some(let marks), _) = update(&model, .key(.character("d"))).first else {
            Issue.record("nothing is dismissed")
            return
        }
        #expect(Set(marks.keys) == [1, 2])
        _ = update(&model, .dismissed(.success([1, 2])))
        #expect(model.toasts.last?.text == "2 records dismissed; press z to undo")
        #expect(update(&model, .key(.character("z"))) == [.undismiss([1, 2])])
        #expect(update(&model, .key(.character("z"))).isEmpty, "they are being brought back already")
        _ = update(&model, .undismissed([1, 2], .failure(DeliveryError(.journal, "The disk is full"))))
        #expect(update(&model, .key(.character("z"))) == [.undismiss([1, 2])], "what failed can be tried again")
    }

    @Test("facets filter with Enter, and again with Enter no longer")
    func facets() {
        var model = Fixture.failures(size: Size(width: 132, height: 43))
        let counts = FailureFacets(kinds: [.retryable: 10, .rejected: 20], reasons: [.name: 20], statuses: ["503": 10])
        _ = update(&model, .facets(model.failures.query, .success(counts)))
        let text = SendTests.text(view(model))
        #expect(text.contains("retryable") && text.contains("503"))
        #expect(update(&model, .key(.character("f"))) == [.readFacets(FailureQuery())])
        for _ in 0..<3 { _ = update(&model, .key(.down)) }
        _ = update(&model, .key(.enter))
        #expect(model.failures.query.status == "503")
        _ = update(&model, .key(.enter))
        #expect(model.failures.query.status == nil)
        _ = update(&model, .key(.escape))
        #expect(!model.failures.facets.isFocused)
    }

    @Test("counts that change leave the cursor of the facets on its value")
    func facetsFollow() {
        var model = Fixture.failures(size: Size(width: 132, height: 43))
        func take(_ name: Int, _ age: Int) {
            let counts = FailureFacets(kinds: [.rejected: name + age], reasons: [.name: name, .age: age])
            _ = update(&model, .facets(model.failures.query, .success(counts)))
        }
        take(20, 3)
        for key in [Key.character("f"), .down] { _ = update(&model, .key(key)) }
        #expect(model.failures.facets.selected?.value == .reason(.name))
        take(20, 30)
        #expect(model.failures.facets.selected?.value == .reason(.name))
        _ = update(&model, .key(.enter))
        #expect(model.failures.query.reason == .name)
    }

    @Test("runs that have no row among the facets are counted")
    func facetsMore() {
        var model = Fixture.failures(size: Size(width: 132, height: 80))
        let runs = Dictionary(uniqueKeysWithValues: (1...53).map { (RunID(rawValue: $0), 1) })
        _ = update(&model, .facets(model.failures.query, .success(FailureFacets(runs: runs))))
        #expect(SendTests.text(view(model)).contains("and 3 older runs"))
    }

    @Test("the failures of a run are shown whole, whatever the list was filtered by")
    func failuresOfRun() {
        var model = Fixture.failures()
        model.failures.query.kinds = [.permanent]
        model.failures.query.status = "429"
        model.failures.query.reason = .name
        model.failures.filter = TextField("q")
        _ = model.requery()
        _ = model.showFailures(of: RunID(rawValue: 42))
        #expect(model.failures.query == FailureQuery(run: RunID(rawValue: 42)))
        #expect(model.failures.filter.isEmpty)
    }

    @Test("of a record that can't be taken apart nothing more is shown than of others until X")
    func malformed() {
        let raw = "John Doe;25;26555324-53df-4eb1-8835-e6c0078bb2c0;15;7"
        var record = Fixture.record(3)
        record.reason = .malformed
        record.fields = RecordFields()
        record.raw = raw
        for size in [Size(width: 80, height: 24), Size(width: 240, height: 60)] {
            var model = Fixture.model(.failures, size: size)
            Fixture.answerFetch(&model, [record])
            #expect(SendTests.text(view(model)).contains("John Doe…15;7"))
            #expect(!SendTests.text(view(model)).contains("26555324"))
            _ = update(&model, .key(.character("X")))
            #expect(SendTests.text(view(model)).contains("John Doe;25;26555324-53df"))
        }
    }

    @Test("the list says which rejected records it leaves out, and where all of them are")
    func leftOut() {
        var model = Fixture.failures(size: Size(width: 160, height: 43))
        model.setup.stateDirectory = "/home/jan/state"
        var run = Fixture.snapshot(42, .done)
        run.summary.counts.rejected = 800_133
        _ = update(&model, .engine(Fixture.engine([run])))
        #expect(SendTests.text(view(model)).contains("3 Failures 30+"), "the tab counts the list, which is not all")
        _ = update(&model, .facets(model.failures.query, .success(FailureFacets(kinds: [.rejected: 10_000]))))
        #expect(
            SendTests.text(view(model)).contains(
                "first 10,000 of 800,133 rejected records; all of them: ~/state/runs/42/rejected.csv"))
        for width in [60, 80] {
            _ = update(&model, .resize(Size(width: width, height: 24)))
            let shown = SendTests.text(view(model))
            #expect(shown.contains("first 10,000 of 800,133") && shown.contains("/runs/42/rejected.csv"))
        }
    }

    @Test("a failed export keeps the path that was typed and says what is wrong")
    func failedExport() {
        var model = Fixture.failures()
        _ = update(&model, .key(.character("w")))
        for character in "/root/no/where.csv" { _ = update(&model, .key(.character(character))) }
        guard case .checkExport(_, let path) = update(&model, .key(.enter)).first else {
            Issue.record("no export")
            return
        }
        #expect(path == "/root/no/where.csv", "typing replaces the proposal")
        _ = update(&model, .exported(.failure(DeliveryError(.source, "No such folder")), path: path))
        let text = SendTests.text(view(model))
        #expect(text.contains("/root/no/where.csv") && text.contains("No such folder"))
        _ = update(&model, .key(.enter))
        _ = update(&model, .exported(.success(7), path: path))
        #expect(model.overlays.isEmpty)
    }

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

    @Test("a range holds everything between its ends")
    func range() {
        var model = Fixture.failures()
        for key in [Key.down, .character("v"), .down, .down, .down, .character("v")] { _ = update(&model, .key(key)) }
        #expect((1...7).filter { model.failures.isMarked(Int64($0)) } == [2, 3, 4, 5])
    }

    @Test("all means all that the filter shows, whether it is here or not")
    func all() {
        var model = Fixture.failures()
        model.failures.count = 500_000
        _ = update(&model, .key(.character("a")))
        _ = update(&model, .key(.character(" ")))
        #expect(model.failures.marked == 499_999)
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

    @Test("cookies are short until X")
    func unmask() {
        var model = Fixture.failures(size: Size(width: 132, height: 43))
        let cookie = "26555324-53df-4eb1-8835-e6c0078bb2c0"
        #expect(!SendTests.text(view(model)).contains(cookie))
        _ = update(&model, .key(.character("X")))
        #expect(SendTests.text(view(model)).contains(cookie))
    }

    @Test("sorting goes from column to column and turns on a second request; the cursor keeps its record")
    func sorting() {
        var model = Fixture.failures()
        _ = update(&model, .key(.down))
        let effects = update(&model, .key(.character(">")))
        guard case .fetchFailures(let fetch) = effects.first else {
            Issue.record("nothing was asked for")
            return
        }
        #expect(fetch.query.sort == .name)
        #expect(fetch.record == 2)
        _ = update(&model, .click(.column(.name)))
        #expect(model.failures.query.ascending == false)
    }

    @Test("while a filter is typed the list is asked for at every character")
    func filter() {
        var model = Fixture.failures()
        _ = update(&model, .key(.character("/")))
        guard case .fetchFailures(let fetch) = update(&model, .key(.character("q"))).first else {
            Issue.record("nothing was asked for")
            return
        }
        #expect(fetch.query.text == "q")
        #expect(fetch.row == 0)
    }

    @Test("an export to a file that exists asks first")
    func overwrite() {
        var model = Fixture.failures()
        _ = update(&model, .key(.character("w")))
        guard case .checkExport(let query, let path) = update(&model, .key(.enter)).first else {
            Issue.record("no export")
            return
        }
        #expect(path == "/home/jan/samples/failures-2026-11-24T12-30-45.csv")
        _ = update(&model, .exportExists(query, path: path))
        #expect(update(&model, .key(.enter)).isEmpty)
        _ = update(&model, .exportExists(query, path: path))
        #expect(update(&model, .key(.character("y"))) == [.export(query, path: path)])
    }

    @Test("a list that takes long to read is read less often while runs go")
    func refreshing() {
        var model = Fixture.failures()
        #expect(model.refreshPause == 0.5)
        model.failures.readingTime = 0.4
        #expect(model.refreshPause == 1.6)
        _ = update(&model, .failuresWaiting(7, undelivered: 5, seconds: 1))
        #expect(model.failures.waiting == 7)
        #expect(model.refreshPause == 2.8)
    }
}
