import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The Send screen")
struct SendTests {
    private let file = "/home/jan/samples/customers.csv"

    @Test("the cursor begins on the first file and its preview and dry run begin with it")
    func begins() {
        var model = Fixture.model()
        let effects = update(&model, .directory(path: "/home/jan/samples", .success(Fixture.entries)))
        #expect(model.send.browser.selectedFile == file)
        #expect(effects.contains(.preview(file)))
        #expect(effects.contains(.dryRun(file)))
    }

    @Test("the counts of the dry run follow the ages as they are typed, without another pass")
    func liveCounts() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("a")))
        var effects: [Effect] = []
        for key in [Key.character("3"), .character("0")] {
            effects += update(&model, .key(key))
        }
        #expect(effects.isEmpty)
        #expect(model.send.filter == AgeFilter(minimum: 30))
        #expect(Self.text(view(model)).contains("valid 700    rejected 120    filtered 300"))
        for key in [Key.tab, .character("3"), .character("9")] { _ = update(&model, .key(key)) }
        #expect(Self.text(view(model)).contains("valid 100    rejected 120    filtered 900"))
    }

    static func text(_ canvas: Canvas) -> String {
        (0..<canvas.size.height).map { y in (0..<canvas.size.width).map { canvas[$0, y].text }.joined() }
            .joined(separator: "\n")
    }

    @Test("a minimum of 0 is a value, an empty one is not a bound, and a minimum above the maximum can't be started")
    func bounds() {
        var model = Fixture.send()
        model.send.fields[.minimumAge] = TextField("0")
        #expect(model.send.filter == AgeFilter(minimum: 0))
        model.send.fields[.minimumAge] = TextField("")
        #expect(model.send.filter == AgeFilter(minimum: 0))
        model.send.fields[.minimumAge] = TextField("40")
        model.send.fields[.maximumAge] = TextField("30")
        #expect(model.send.filter == nil)
        #expect(model.obstacle(to: .start) == "Invalid age range")
        model.send.fields[.maximumAge] = TextField("151")
        #expect(model.send.filter == nil)
    }

    @Test("starting asks first, Enter cancels, and only its own key starts")
    func confirmation() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("s")))
        #expect(update(&model, .key(.character("s"))).isEmpty, "its own key does not start")
        #expect(model.overlays.count == 1)
        #expect(update(&model, .key(.enter)).isEmpty)
        #expect(model.overlays.isEmpty)
        _ = update(&model, .key(.character("s")))
        let effects = update(&model, .key(.character("y")))
        let request = StartRequest(path: file, filter: AgeFilter(), version: Fixture.preview.version)
        #expect(effects == [.start(request)], "what is as it was isn't set")
    }

    @Test("the question names the host and the number of records that the filter lets through")
    func question() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("s")))
        let text = Self.text(view(model))
        #expect(text.contains("820 records aged 18 and over"))
        #expect(text.contains("ads.example.com"))
    }

    @Test("a file that was replaced is read again, and the key that was pressed for the old one sends nothing")
    func replaced() {
        var model = Fixture.send()
        #expect(update(&model, .key(.character("s"))) == [.lookAgain(file)])
        let version = FileVersion(size: 1, modified: 2, inode: 3)
        #expect(update(&model, .looked(path: file, .success(version))) == [.preview(file), .dryRun(file)])
        #expect(!Self.text(view(model)).contains("820 records"), "the old number is gone")
        #expect(model.overlays.isEmpty)
        #expect(model.toasts.last?.text == "customers.csv changed after it was read. Check the new numbers.")
        #expect(!update(&model, .key(.character("y"))).contains { if case .start = $0 { true } else { false } })
        let request = StartRequest(path: file, filter: AgeFilter())
        _ = update(&model, .sourceChanged(request, isGone: false))
        #expect(model.overlays.count == 1, "it is asked about again")
    }

    @Test("a file that is gone when it is to be sent is not asked about again, and says so")
    func gone() {
        var model = Fixture.send()
        let request = StartRequest(path: file, filter: AgeFilter())
        #expect(update(&model, .sourceChanged(request, isGone: true)) == [.lookAgain(file)])
        #expect(model.overlays.isEmpty && model.toasts.last?.text == "customers.csv is gone. Nothing was sent.")
    }

    @Test("a folder that is gone is followed until it is back")
    func folderComesBack() throws {
        var model = Fixture.send()
        let folder = "/home/jan/samples"
        let fault = DeliveryError(.source, "\(folder): No such file or directory")
        let effects = update(&model, .directory(path: folder, .failure(fault)))
        #expect(effects.contains(.watch(folder)))
        model.now = Fixture.now.addingTimeInterval(2)
        #expect(update(&model, .folderChanged) == [.listDirectory(folder)])
        _ = update(&model, .directory(path: folder, .success(Fixture.entries)))
        #expect(model.send.browser.problem == nil && model.send.browser.rows.count > 4)
    }

    @Test("where a folder isn't, the nearest one above it is watched")
    func watched() throws {
        let above = FileManager.default.temporaryDirectory.appending(path: "watch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: above, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: above) }
        let folder = above.appending(path: "in/customers")
        let watch = DirectoryWatch()
        watch.watch(Array(folder.path.utf8CString))
        #expect(!watch.drain())
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        #expect(watch.drain())
    }

    @Test("a folder that changes is read again, and the cursor stays on its file")
    func followsTheDisk() {
        var model = Fixture.send()
        _ = update(&model, .key(.down))
        model.now = Fixture.now.addingTimeInterval(2)
        #expect(update(&model, .folderChanged) == [.listDirectory("/home/jan/samples")])
        var entries = Fixture.entries
        entries[2] = Browser.Entry(name: "messy.csv", isFolder: false, size: 99, modified: model.now)
        entries.insert(Browser.Entry(name: "aaa.csv", isFolder: false, size: 1, modified: model.now), at: 1)
        _ = update(&model, .directory(path: "/home/jan/samples", .success(entries)))
        #expect(model.send.browser.selectedFile == "/home/jan/samples/messy.csv")
        _ = update(&model, .folderChanged)
        #expect(model.nextChange != nil, "at most once a second")
    }

    @Test("a file that was sent before says so, and what would arrive again")
    func sentBefore() {
        var model = Fixture.send(size: Size(width: 100, height: 30))
        let run = RunSummary(
            id: RunID(rawValue: 7), source: .file(path: file), state: .done, counts: RunCounts(sent: 820),
            startedAt: Fixture.now)
        _ = update(&model, .history(.success([run]), before: nil))
        _ = update(&model, .key(.character("s")))
        let text = Self.text(view(model))
        #expect(text.contains("Already sent as run 7 today:"))
        #expect(text.contains("820 records would arrive again."))
        #expect(update(&model, .key(.enter)).isEmpty, "Cancel has the focus")
    }

    @Test("a file of which nothing would be sent can't be started, and a tenth rejected is a warning")
    func nothingToSend() {
        var model = Fixture.send(size: Size(width: 100, height: 30))
        var report = Fixture.report
        _ = update(&model, .key(.character("s")))
        #expect(Self.text(view(model)).contains("11% of the records would be rejected, most for their name."))
        _ = update(&model, .key(.escape))
        report.ages = Array(repeating: 0, count: 151)
        _ = update(&model, .dryRun(path: file, .success(report)))
        #expect(model.obstacle(to: .start) == "No record would be sent: all rejected, most for their name")
    }

    @Test("a file whose dry run found a fault can't be started, and the fault is the reason")
    func faultOfDryRun() {
        var model = Fixture.send(size: Size(width: 100, height: 30))
        let fault = DeliveryError(.source, "customers.csv, line 9: another header names the columns in another order.")
        _ = update(&model, .dryRun(path: file, .failure(fault)))
        #expect(model.obstacle(to: .start) == fault.message)
        _ = update(&model, .key(.character("s")))
        #expect(model.overlays.isEmpty)
    }

    @Test("a run that has started is shown, and its file is remembered")
    func started() {
        var model = Fixture.send()
        let effects = update(&model, .started(.success(RunID(rawValue: 7)), path: file))
        #expect(model.screen == .run)
        #expect(model.run.selected == RunID(rawValue: 7))
        #expect(model.preferences.recentFiles == [file])
        #expect(effects.contains(.savePreferences(model.preferences)))
    }

    @Test("without an address Start asks for it")
    func missingAddress() {
        var model = Fixture.send()
        model.setup.hasSandbox = false
        model.newest.apiHost = nil
        _ = update(&model, .key(.character("s")))
        guard case .settings = model.overlays.last else {
            Issue.record("no settings")
            return
        }
    }

    @Test("answers about a file that the cursor has left are dropped")
    func lateAnswers() {
        var model = Fixture.send()
        _ = update(&model, .key(.down))
        #expect(model.send.preview == .loading(path: "/home/jan/samples/messy.csv"))
        _ = update(&model, .preview(path: file, .success(Fixture.preview)))
        _ = update(&model, .dryRun(path: file, .success(Fixture.report)))
        #expect(model.send.preview == .loading(path: "/home/jan/samples/messy.csv"))
        #expect(model.send.dryRun?.report.read == 0)
    }

    @Test("filtering keeps the cursor on its file and Esc shows everything again")
    func filtering() {
        var model = Fixture.send()
        for key in [Key.down, .character("/"), .character("m"), .character("e"), .character("s"), .character("s")] {
            _ = update(&model, .key(key))
        }
        #expect(model.send.browser.selectedFile == "/home/jan/samples/messy.csv")
        #expect(model.send.browser.rows.count == 1)
        _ = update(&model, .key(.escape))
        #expect(model.send.browser.rows.count == 5)
        #expect(model.send.browser.selectedFile == "/home/jan/samples/messy.csv")
    }

    @Test("hidden files appear on request")
    func hidden() {
        var model = Fixture.send()
        #expect(!Self.text(view(model)).contains(".secret.csv"))
        _ = update(&model, .key(.character(".")))
        #expect(Self.text(view(model)).contains(".secret.csv"))
    }

    @Test("going up puts the cursor on the folder that one came from")
    func parent() {
        var model = Fixture.send()
        #expect(update(&model, .key(.left)) == [.listDirectory("/home/jan")])
        let entries = ["other", "samples"].map {
            Browser.Entry(name: $0, isFolder: true, size: 0, modified: Fixture.now)
        }
        _ = update(&model, .directory(path: "/home/jan", .success(entries)))
        #expect(model.send.browser.selected == .entry(entries[1]))
    }

    @Test("a typed path is completed by what all completions share")
    func completion() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("o")))
        _ = update(&model, .completions(of: "/home/jan/samples/", ["customers-1.csv", "customers-2.csv"]))
        let effects = update(&model, .key(.tab))
        #expect(effects == [.completePath("/home/jan/samples/customers-")])
        #expect(update(&model, .key(.enter)) == [.inspectPath("/home/jan/samples/customers-")])
    }

    @Test("a typed path that can't be opened stays, with what is wrong")
    func unopened() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("o")))
        for character in "/no/where.csv" { _ = update(&model, .key(.character(character))) }
        #expect(update(&model, .key(.enter)) == [.inspectPath("/no/where.csv")])
        let fault = DeliveryError(.source, "/no/where.csv: No such file or directory")
        _ = update(&model, .opened(path: "/no/where.csv", .failure(fault)))
        #expect(Self.text(view(model)).contains("No such file or directory") && model.overlays.count == 1)
        _ = update(&model, .key(.enter))
        _ = update(&model, .opened(path: "/no/where.csv", .success(.file)))
        #expect(model.overlays.isEmpty)
    }

    @Test("pasted text goes into a field in one line, and does nothing elsewhere")
    func paste() {
        var model = Fixture.send()
        #expect(update(&model, .paste("q\ns\ny")).isEmpty)
        #expect(model.overlays.isEmpty)
        _ = update(&model, .key(.character("o")))
        _ = update(&model, .key(.control("u")))
        _ = update(&model, .paste("/data/a.csv\nrm -rf"))
        guard case .path(let prompt) = model.overlays.last else {
            Issue.record("no prompt")
            return
        }
        #expect(prompt.field.text == "/data/a.csv")
    }

    @Test(
        "a whole path replaces the folder that was filled in, and a name is added to it",
        arguments: [
            ("/data/a.csv", "/data/a.csv"), ("~/a.csv", "~/a.csv"), ("a.csv", "/home/jan/samples/a.csv"),
            ("b/c.csv", "/home/jan/samples/b/c.csv"),
        ])
    func pastedPath(_ pasted: String, _ wanted: String) {
        var model = Fixture.send()
        _ = update(&model, .key(.character("o")))
        _ = update(&model, .paste(pasted))
        guard case .path(let prompt) = model.overlays.last else {
            Issue.record("no prompt")
            return
        }
        #expect(prompt.field.text == wanted)
    }
}
