import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("What was sent before")
struct SentBeforeTests {
    private let file = "/home/jan/samples/customers.csv"

    private func send() -> Model {
        var model = Fixture.send(size: Size(width: 100, height: 30))
        model.setup.hasSandbox = false
        return model
    }

    private func run(_ id: Int64, _ counts: RunCounts, after seconds: Double, _ notices: [Notice] = []) -> RunSummary {
        var run = RunSummary(
            id: RunID(rawValue: id), source: .file(path: file), state: .done, counts: counts,
            startedAt: Fixture.now.addingTimeInterval(seconds))
        run.notices = notices
        return run
    }

    @Test("a file that was sent just now is known as sent, though its content was compared before that")
    func justSent() {
        var model = send()
        _ = update(&model, .sentFound(path: file, .success(nil)))
        _ = update(&model, .started(.success(RunID(rawValue: 7)), path: file))
        let done = RunSnapshot(run(7, RunCounts(sent: 820), after: 1))
        _ = update(&model, .engine(Fixture.engine([done])))
        let effects = update(&model, .key(.character("1")))
        #expect(effects.contains(.findSent(file, FileReading())), "it is compared again")
        #expect(model.sentBefore(file)?.id == RunID(rawValue: 7))
        // An answer from before the run changes nothing.
        model.send.sentContents[file] = SentContent(version: FileVersion(), run: nil, asked: Fixture.now)
        #expect(model.sentBefore(file)?.id == RunID(rawValue: 7))
        _ = update(&model, .key(.character("s")))
        #expect(SendTests.text(view(model)).contains("Already sent as run 7 today:"))
    }

    @Test("a run of the same file that was read in another encoding is told of")
    func otherEncoding() {
        var model = send()
        let earlier = run(7, RunCounts(rejected: 2488, sent: 512), after: 0)
        _ = update(&model, .history(.success([earlier]), before: nil))
        model.send.readings[file] = FileReading(encoding: "windows-1252")
        _ = update(&model, .sentFound(path: file, .success(nil)))
        #expect(model.sentBefore(file)?.id == RunID(rawValue: 7))
    }

    @Test("a run of which most was rejected is not success: it is yellow and names the rejected")
    func mostlyRejected() {
        let bad = run(5, RunCounts(rejected: 2488, sent: 512), after: 0)
        #expect(RunText.badge(bad) == "DONE, 2,488 REJECTED")
        #expect(RunText.ink(bad) == .warning && RunText.symbol(bad) == "!")
        let good = run(5, RunCounts(rejected: 2, sent: 512), after: 0)
        #expect(RunText.badge(good) == "DONE" && RunText.ink(good) == .good)
        var active = bad
        active.state = .running
        var model = send()
        _ = update(&model, .engine(Fixture.engine([RunSnapshot(active)])))
        _ = update(&model, .engine(Fixture.engine([RunSnapshot(bad)], generation: 3)))
        #expect(model.toasts.last?.text == "Run 5 is done: 512 sent, 2,488 rejected")
        #expect(model.toasts.last?.kind == .warning)
    }

    @Test("the warning names the rounded share, the reason and what helps")
    func rejectionWarning() {
        var report = DryRunReport(rejections: [.malformed: 2488])
        report.ages[30] = 512
        #expect(report.rejectionWarning == "83% of the records would be rejected, all of them malformed.")
        report.notices = [Notice(.notText, count: 2488, example: "the file looks like Windows-1252")]
        #expect(report.mostRejections == "all because they are not UTF-8: press E to set the encoding")
    }
}
