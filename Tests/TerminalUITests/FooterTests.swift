import CustomerRecords
import DeliveryModel
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The footer")
struct FooterTests {
    private static let file = "/home/jan/samples/customers.csv"
    private static let narrow = Size(width: 60, height: 16)

    private func foot(_ model: Model) -> String {
        SendTests.text(view(model)).split(separator: "\n").last.map(String.init) ?? ""
    }

    @Test("shows the keys of the selected file on the smallest screen, and help always")
    func narrow() {
        let model = Fixture.send(size: Self.narrow)
        for key in ["Enter/s Send", "m Columns", "E Encoding", "F Names", "? Help"] {
            #expect(foot(model).contains(key))
        }
    }

    @Test("begins with what the file needs: its encoding, its columns, or which names are valid")
    func needed() {
        var model = Fixture.send(size: Self.narrow)
        _ = update(
            &model,
            .preview(
                path: Self.file,
                .failure(DeliveryError(.source, "customers.csv can't be read as UTF-8. Set --encoding."))))
        #expect(foot(model).contains("Enter/s Send  E Encoding"))
        model = Fixture.send(size: Self.narrow)
        _ = update(&model, .unmapped(path: Self.file, Fixture.columns))
        #expect(foot(model).contains("Enter/m Columns"))
        model = Fixture.send(size: Self.narrow)
        let clean = DryRunReport(
            bytesRead: 1, bytesTotal: 1, isFinished: true, ages: Array(repeating: 1, count: 151))
        _ = update(&model, .dryRun(path: Self.file, .success(clean)))
        #expect(!foot(model).contains("F Names"))
        var few = clean
        few.rejections = [.name: 1]
        _ = update(&model, .dryRun(path: Self.file, .success(few)))
        #expect(foot(model).contains("Enter/s Send  F Names"))
    }

    @Test("shows how to find a file while none is selected")
    func noFile() {
        var model = Fixture.send(size: Self.narrow)
        _ = update(&model, .key(.up))
        #expect(foot(model).contains("Enter Open  o Path  / Filter"))
        #expect(foot(model).contains("? Help") && foot(model).contains("q Quit"))
    }

    @Test("fits at every width, with help in sight", arguments: 60...140)
    func widths(_ width: Int) {
        for model in [
            Fixture.send(size: Size(width: width, height: 24)), Fixture.run(size: Size(width: width, height: 24)),
        ] {
            #expect(foot(model).contains("? Help"))
        }
    }
}
