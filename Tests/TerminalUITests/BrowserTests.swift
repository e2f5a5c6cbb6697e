import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Picking a file")
struct BrowserTests {
    private let samples = "/home/jan/samples"

    private func keys(_ keys: [Key], _ model: inout Model) {
        for key in keys { _ = update(&model, .key(key)) }
    }

    @Test("a file that is asked for by its path is selected, whatever it is called")
    func anyName() {
        var model = Fixture.model()
        let path = samples + "/customers.xlsx"
        #expect(
            update(&model, .opened(path: path, .success(.file)))
                == [.listDirectory(samples, including: "customers.xlsx")])
        let entries =
            Fixture.entries + [
                Browser.Entry(name: "customers.xlsx", isFolder: false, size: 9, modified: Fixture.now)
            ]
        _ = update(&model, .directory(path: samples, .success(entries)))
        #expect(model.send.browser.selectedFile == path)
        model.now = Fixture.now.addingTimeInterval(2)
        #expect(update(&model, .folderChanged) == [.listDirectory(samples, including: "customers.xlsx")])
    }

    @Test("compressed CSV files are listed, and a file of another kind where it is asked for")
    func compressed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tui-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["a.csv.gz", "b.TSV.GZ", "c.tar.gz", "d.xlsx"] {
            try Data("x".utf8).write(to: URL(filePath: folder + "/" + name))
        }
        #expect(try DirectoryListing.entries(of: folder).map(\.name) == ["a.csv.gz", "b.TSV.GZ"])
        #expect(
            try DirectoryListing.entries(of: folder, including: "d.xlsx").map(\.name)
                == ["a.csv.gz", "b.TSV.GZ", "d.xlsx"])
    }

    @Test("in a folder without files nothing is chosen, whatever recent files there are elsewhere")
    func emptyFolder() {
        var model = Fixture.model()
        model.preferences.recentFiles = ["/data/other.csv"]
        model.send.browser.setRecents(["/data/other.csv"], page: 10)
        _ = update(&model, .directory(path: samples, .success([])))
        #expect(model.send.browser.selectedFile == nil)
        #expect(model.send.preview == .none)
        #expect(SendTests.text(view(model)).contains("No CSV files here"))
        #expect(model.obstacle(to: .start) == "Select a CSV file first")
    }

    @Test("a filter that goes leaves the cursor on the file where it began")
    func clearedFilter() {
        var model = Fixture.send()
        keys([.down, .character("/"), .character("x"), .character("x")], &model)
        #expect(model.send.browser.rows.isEmpty)
        #expect(SendTests.text(view(model)).contains("0 matches"))
        keys([.escape], &model)
        #expect(model.send.browser.selectedFile == samples + "/messy.csv")
    }

    @Test("Esc discards what was typed into the ages, Enter keeps it, and an emptied bound says 0")
    func ages() {
        var model = Fixture.send()
        keys([.character("a"), .character("3"), .character("0"), .tab, .character("9"), .escape], &model)
        #expect(model.send.filter == AgeFilter())
        #expect(model.send.field == nil)
        keys([.character("a"), .character("3"), .character("0"), .enter], &model)
        #expect(model.send.filter == AgeFilter(minimum: 30))
        keys([.character("a"), .backspace, .enter], &model)
        #expect(model.send.text(.minimumAge) == "0")
        #expect(model.toasts.last?.text == "Minimum age 0: people of all ages")
    }

    @Test("a folder that is typed with slashes too many is the folder", arguments: ["/data//", "/data/", "//data/./"])
    func slashes(_ typed: String) {
        var model = Fixture.send()
        #expect(update(&model, .opened(path: typed, .success(.folder))) == [.listDirectory("/data")])
        #expect(model.send.browser.path(of: "a.csv") == "/data/a.csv")
        #expect(update(&model, .opened(path: "//", .success(.folder))) == [.listDirectory("/")])
        _ = update(&model, .opened(path: typed + "/a.csv", .success(.file)))
        #expect(model.send.browser.directory == "/data" && model.wantedName == "a.csv")
    }

    @Test("the footer says what Enter does, and that Esc goes back where it does")
    func footer() {
        func foot(_ model: Model) -> String {
            SendTests.text(view(model)).split(separator: "\n").last.map(String.init) ?? ""
        }
        var model = Fixture.send(size: Size(width: 132, height: 43))
        #expect(foot(model).contains("Enter/s Send") && !foot(model).contains("Esc"))
        keys([.up], &model)
        #expect(foot(model).contains("Enter Open"))
        keys([.character("2"), .character("1")], &model)
        #expect(foot(model).contains("Esc Back"))
        keys([.down, .character("s")], &model)
        #expect(foot(model).contains("Enter/Esc Cancel"))
        model = Fixture.send(size: Size(width: 132, height: 43))
        _ = update(&model, .unmapped(path: samples + "/customers.csv", Fixture.columns))
        #expect(foot(model).contains("Enter/m Columns"))
    }
}
