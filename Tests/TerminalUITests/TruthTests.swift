import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Numbers and words never mislead")
struct TruthTests {
    private let file = "/home/jan/samples/customers.csv"
    private let wide = Size(width: 100, height: 30)

    private func text(_ model: Model) -> String { SendTests.text(view(model)) }

    /// The Send screen of a process that delivers to a real API.
    private func send() -> Model {
        var model = Fixture.send(size: wide)
        model.setup.hasSandbox = false
        var engine = EngineSnapshot(generation: 2, apiHost: "ads.example.com", lastSuccess: Fixture.now)
        engine.apiAddress = "https://ads.example.com"
        _ = update(&model, .engine(engine))
        return model
    }

    private func run(_ id: Int64, of path: String, api: String? = nil, sent: Int = 820) -> RunSummary {
        RunSummary(
            id: RunID(rawValue: id), source: .file(path: path), state: .done, counts: RunCounts(sent: sent),
            startedAt: Fixture.now, api: api)
    }

    @Test("a renamed copy is recognized by its content, as soon as that is compared")
    func renamedCopy() {
        var model = send()
        let looks = update(&model, .dryRun(path: file, .success(Fixture.report)))
        #expect(looks == [.findSent(file, FileReading())])
        _ = update(&model, .key(.character("s")))
        #expect(text(model).contains("Checking whether it was sent before…"))
        _ = update(&model, .sentFound(path: file, .success(run(7, of: "/data/other.csv"))))
        #expect(text(model).contains("Already sent as run 7 today:"))
        #expect(!text(model).contains("Checking"))
        _ = update(&model, .key(.escape))
        #expect(text(model).contains("✓ customers.csv"), "the badge stays when the cursor leaves")
        #expect(text(model).contains("! already sent today as run 7"))
    }

    @Test("what went to another API, or to the sandbox, was not sent to this one")
    func otherAPI() {
        var model = send()
        _ = update(&model, .history(.success([run(7, of: file, api: "sandbox")]), before: nil))
        #expect(model.sentBefore(file) == nil)
        _ = update(&model, .history(.success([run(7, of: file, api: "https://ads.example.com")]), before: nil))
        #expect(model.sentBefore(file)?.id == RunID(rawValue: 7))
        _ = update(&model, .sentFound(path: file, .success(nil)))
        #expect(model.sentBefore(file) == nil, "the content is known to be another one")
    }

    @Test("a run that is bound to another API is neither offered nor resumed, and says why")
    func foreignRun() {
        var model = send()
        model.hasOfferedResume = false
        var foreign = run(7, of: file, api: "sandbox")
        foreign.state = .stopped(reason: "interrupted")
        _ = update(&model, .history(.success([foreign]), before: nil))
        #expect(model.overlays.isEmpty)
        model.screen = .history
        #expect(model.obstacle(to: .resume) == "Run 7 belongs to the sandbox")
    }

    @Test("nothing sent is said, whatever the reason")
    func nothingSent() {
        func sentence(_ counts: RunCounts) -> String {
            let summary = RunSummary(
                id: RunID(rawValue: 1), source: .standardInput, state: .done, counts: counts, startedAt: Fixture.now)
            return RunText.sentence(RunSnapshot(summary), Fixture.model()).plain
        }
        #expect(sentence(RunCounts()).hasPrefix("Nothing was sent: the source has no records"))
        #expect(sentence(RunCounts(rejected: 3)).hasPrefix("Nothing was sent: every record was rejected"))
        #expect(sentence(RunCounts(filtered: 3)).hasPrefix("Nothing was sent: every record was filtered"))
        let known = RunCounts(filtered: 3, reasons: [.deliveredBefore: 3])
        #expect(sentence(known) == "Nothing was sent: nothing is new")
        #expect(
            sentence(RunCounts(rejected: 1, filtered: 3)).hasPrefix("Nothing was sent: every record was rejected or"))
    }

    @Test("the list of failures follows a run within half a second")
    func following() {
        var model = Fixture.failures()
        model.lastRefresh = .distantPast
        func next(_ generation: Int) -> [Effect] {
            update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .running)], generation: generation)))
        }
        func reads(_ effects: [Effect]) -> Bool {
            effects.contains { if case .fetchFailures = $0 { true } else { false } }
        }
        #expect(reads(next(10)))
        #expect(!reads(next(11)), "it was read just now")
        #expect(model.nextChange == Fixture.now.addingTimeInterval(0.5))
        model.now = Fixture.now.addingTimeInterval(0.5)
        #expect(reads(update(&model, .tick)))
    }

    @Test("of a run of an earlier process it is said that events and latencies were not recorded")
    func notRecorded() {
        var model = Fixture.history(size: Size(width: 132, height: 43))
        _ = update(&model, .key(.enter))
        #expect(text(model).contains("latency not recorded"))
        #expect(text(model).contains("not recorded"))
        #expect(!text(model).contains("none yet"))
    }

    @Test("Enter on a submission opens its run, and a rejected one looks rejected")
    func submissions() {
        var model = Fixture.listener(size: wide)
        var snapshot = Fixture.listenerSnapshot
        snapshot.submissions[0].refusal = "age"
        _ = update(&model, .listener(snapshot))
        #expect(text(model).contains("202 ✗ age"))
        #expect(update(&model, .key(.enter)).contains(.loadSummary(RunID(rawValue: 42))))
        #expect(model.screen == .run && model.run.selected == RunID(rawValue: 42))
    }

    @Test("the log says that it is empty, and which levels it can't show")
    func emptyLog() {
        var model = Fixture.model(.log)
        model.setup.logLevel = .warning
        #expect(text(model).contains("The log is empty"))
        #expect(text(model).contains("warning and above"))
    }

    @Test("a key that can't be used now is dimmer than one that can, in every theme", arguments: [false, true])
    func dimmed(isLight: Bool) {
        let palette = isLight ? Palette.light : Palette.dark
        func distance(_ ink: Ink) -> Int {
            let rgb = palette.inks[Int(ink.rawValue)].color.rgb
            let light = [16, 8, 0].map { rgb >> $0 & 0xFF }.reduce(0, +)
            return isLight ? 765 - light : light
        }
        #expect(distance(.faint) * 3 < distance(.accent) * 2)
        #expect(distance(.faint) * 3 < distance(.dim) * 2)
    }

    @Test("all runs' failures name run and file, and a reason has the room that it needs")
    func columns() {
        let model = Fixture.failures(size: Size(width: 240, height: 60))
        let shown = text(model)
        #expect(shown.contains("RUN") && shown.contains("FILE"))
        #expect(shown.contains("name: the name has to be"))
        // A file's name has its room, too.
        var snapshot = Fixture.snapshot(42, .done)
        snapshot.summary.source = .file(path: "/data/newsletter.csv")
        var named = model
        _ = update(&named, .engine(Fixture.engine([snapshot], generation: 9)))
        #expect(text(named).contains("newsletter.csv"))
        for width in [100, 132, 170] {
            #expect(text(Fixture.failures(size: Size(width: width, height: 40))).contains("name: the name has"))
        }
    }

    @Test("a run of one second shows its errors")
    func shortRun() {
        var canvas = Canvas(Size(width: 40, height: 6))
        AxisGraph.draw(&canvas, canvas.area, [26], inks: Ink.embers, end: "end")
        #expect(SendTests.text(canvas).unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) && $0 != "⣀" })
    }

    @Test("a count is exact once the dry run has counted, and never “about” then")
    func exactCounts() {
        var model = send()
        _ = update(&model, .key(.character("s")))
        #expect(text(model).contains("820 records aged 18 and over") && !text(model).contains("about"))
        model = Fixture.run(.running, size: wide)
        model.run.counted[RunID(rawValue: 42)] = 184_000
        #expect(text(model).contains("of 184,000 records") && !text(model).contains("~184"))
    }

    @Test("a file that was read ahead of what is journaled says how many records it has")
    func readAhead() {
        var snapshot = Fixture.snapshot(42, .running)
        snapshot.isFullyRead = true
        snapshot.estimatedRecords = 184_201
        #expect(shown(snapshot).contains(" of 184,201 records"))
        snapshot.estimatedRecords = snapshot.summary.counts.read
        #expect(!shown(snapshot).contains(" of 1"))
    }

    @Test("of a run whose requests were cut off it isn't said that there were none")
    func cutOff() {
        var snapshot = Fixture.snapshot(42, .stopped(reason: "stopped by the operator"))
        snapshot.summary.statuses = [:]
        snapshot.inFlight = 0
        snapshot.summary.possibleDuplicates = 2000
        #expect(!shown(snapshot).contains("no requests"))
        snapshot.summary.possibleDuplicates = 0
        snapshot.summary.recordsInDoubt = 0
        #expect(shown(snapshot).contains("no requests"))
    }

    private func shown(_ snapshot: RunSnapshot) -> String {
        var model = Fixture.run(size: wide)
        _ = update(&model, .engine(Fixture.engine([snapshot], generation: 9)))
        return text(model)
    }

    @Test("of records that waited for a failed login, the inspector shows the login")
    func failedLogin() {
        var trace = Fixture.traces[1]
        trace.result = RequestTrace.Result(
            label: "404", duration: 0.3, isApplied: false, isOfLogin: true, cause: "404 to the login")
        let model = Fixture.run(size: wide)
        let lines = TraceText.lines(trace, attempts: [trace], model, width: 100).map(\.plain)
        #expect(lines[0] == "POST https://ads.example.com/auth")
        #expect(lines.contains { $0.contains("login 404") } && lines.contains { $0.contains("didn't leave") })
        #expect(!lines.contains { $0.contains("Bearer") || $0.hasPrefix("Body") })
    }

    @Test("a message names the key instead of the option")
    func keysInMessages() {
        for allows in ["allows it", "lets it pass"] {
            let message = "“_” (U+005F) at character 4 of the name; --name-format any \(allows)"
            #expect(
                FailureText.onScreen(message)
                    == "“_” (U+005F) at character 4 of the name; press F on Send to allow it")
        }
    }

    @Test("a file without records can't be confirmed, and bytes that are not UTF-8 are not called so")
    func files() {
        var model = send()
        var report = DryRunReport(bytesRead: 1, bytesTotal: 1, isFinished: true)
        _ = update(&model, .dryRun(path: file, .success(report)))
        #expect(model.obstacle(to: .start) == "The file has no records")
        report = Fixture.report
        report.notices = [Notice(.notText, count: 3, example: "it looks like windows-1252")]
        _ = update(&model, .dryRun(path: file, .success(report)))
        #expect(text(model).contains("not UTF-8"))
        #expect(text(model).contains("press E to set the encoding"))
    }

    @Test("a notice of names that another rule allows says which key does, and the key does it")
    func names() {
        var model = send()
        var report = Fixture.report
        report.notices = [Notice(.nameFormatCommon, count: 12, example: "O’Brien")]
        _ = update(&model, .dryRun(path: file, .success(report)))
        #expect(text(model).contains("12 rejected names would be valid as “common” (F)"))
        // The key is not the Run screen's.
        var snapshot = Fixture.snapshot(42, .running)
        snapshot.summary.notices = report.notices
        var running = Fixture.run(size: Size(width: 240, height: 60))
        _ = update(&running, .engine(Fixture.engine([snapshot], generation: 9)))
        #expect(text(running).contains("12 rejected names would be valid as “common” (F on Send)"))
        let effects = update(&model, .key(.character("F")))
        let options = model.send.reading(of: file).applied(to: ReaderOptions())
        #expect(options.rules.nameFormat == .common)
        #expect(effects.count == 2)
        _ = update(&model, .preview(path: file, .success(Fixture.preview)))
        _ = update(&model, .dryRun(path: file, .success(Fixture.report)))
        _ = update(&model, .key(.character("s")))
        #expect(text(model).contains("valid names: letters, spaces, and ' ’ - ."))
    }

    @Test("the tab of the failures says as many as the list of all runs holds")
    func badge() {
        var model = Fixture.failures(13)
        _ = update(&model, .failuresWaiting(13, undelivered: 5, seconds: 0))
        #expect(text(model).contains("3 Failures 13") && text(model).contains("1 of 13"))
    }

    @Test("a path that is cut shows it", arguments: [60, 80])
    func cutPath(width: Int) {
        var model = Fixture.model(size: Size(width: width, height: 16))
        let path = "/home/jan/a/very/long/way/to/the/samples/of/november"
        model.send.browser = Browser(directory: path)
        _ = update(&model, .directory(path: path, .success(Fixture.entries)))
        #expect(text(model).contains("…") && text(model).contains("november"))
    }
}
