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
        for key in [Key.backspace, .backspace, .character("3"), .character("0")] {
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

    @Test("a minimum of 0 is a value, an empty one is no bound, and a minimum above the maximum can't be started")
    func bounds() {
        var model = Fixture.send()
        model.send.fields[.minimumAge] = TextField("0")
        #expect(model.send.filter == AgeFilter(minimum: 0))
        model.send.fields[.minimumAge] = TextField("")
        #expect(model.send.filter == AgeFilter(minimum: 0))
        model.send.fields[.minimumAge] = TextField("40")
        model.send.fields[.maximumAge] = TextField("30")
        #expect(model.send.filter == nil)
        #expect(model.obstacle(to: .start) == "The ages make no sense")
        model.send.fields[.maximumAge] = TextField("151")
        #expect(model.send.filter == nil)
    }

    @Test("starting asks first, Enter cancels, and only its own key starts")
    func confirmation() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("s")))
        #expect(update(&model, .key(.character("s"))).isEmpty)
        #expect(model.overlays.count == 1)
        #expect(update(&model, .key(.enter)).isEmpty)
        #expect(model.overlays.isEmpty)
        _ = update(&model, .key(.character("s")))
        let effects = update(&model, .key(.character("y")))
        #expect(effects == [.setConcurrency(16), .setRate(nil), .start(StartRequest(path: file, filter: AgeFilter()))])
    }

    @Test("the question names the host and the number of records that the filter lets through")
    func question() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("s")))
        let text = Self.text(view(model))
        #expect(text.contains("820 records aged 18 and above"))
        #expect(text.contains("ads.example.com"))
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
}
