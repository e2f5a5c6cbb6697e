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
