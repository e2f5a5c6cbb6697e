import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Sending only what is new")
struct OnlyNewTests {
    private static let file = "/home/jan/samples/customers.csv"
    /// Two of ten records of each age.
    private static let some = NewRecordCount(ages: Array(repeating: 2, count: 100) + Array(repeating: 0, count: 51))

    private static func typed(_ size: Size = Size(width: 132, height: 43)) -> Model {
        var model = Fixture.send(size: size)
        _ = update(&model, .key(.character("O")))
        for character in "nightly" { _ = update(&model, .key(.character(character))) }
        #expect(update(&model, .key(.enter)) == [.countNew(file, FileReading(), list: "nightly")])
        return model
    }

    private static func counted(_ count: NewRecordCount = some, _ size: Size = Size(width: 132, height: 43)) -> Model {
        var model = typed(size)
        #expect(SendTests.text(view(model)).contains("comparing"))
        _ = update(&model, .newCounted(path: file, list: "nightly", .success(count)))
        return model
    }

    @Test("the preview says how many of the records are new, whatever the ages are then", arguments: [60, 80, 132])
    func count(_ width: Int) {
        var model = Self.counted(Self.some, Size(width: width, height: width < 80 ? 16 : 24))
        #expect(SendTests.text(view(model)).contains("164 of 820"))
        if width > 100 { #expect(SendTests.text(view(model)).contains("164 of 820 are new or changed")) }
        model.send.fields[.minimumAge] = TextField("90")
        #expect(SendTests.text(view(model)).contains("20 of 100"))
    }

    @Test("the question names the new records only, and the run leaves out the others")
    func start() {
        var model = Self.counted()
        _ = update(&model, .key(.character("s")))
        #expect(SendTests.text(view(model)).contains("164 records aged 18 and over, new to nightly"))
        guard case .start(let request)? = update(&model, .key(.character("y"))).last else {
            Issue.record("nothing is started")
            return
        }
        #expect(request.onlyNew == "nightly")
    }

    @Test("a list that does not exist yet holds nothing back")
    func newList() {
        var model = Self.counted(NewRecordCount(ages: nil))
        #expect(SendTests.text(view(model)).contains("new list nightly: all of them are new"))
        _ = update(&model, .key(.character("s")))
        #expect(SendTests.text(view(model)).contains("820 records aged 18 and over"))
    }

    @Test("where nothing is new, nothing can be started, and that is said")
    func nothingNew() {
        var model = Self.counted(NewRecordCount(ages: Array(repeating: 0, count: 151)))
        #expect(
            model.obstacle(to: .start) == "No record would be sent: all are already on the list nightly")
        #expect(update(&model, .key(.character("s"))).isEmpty && model.overlays.isEmpty)
    }

    @Test("it is compared again after a run has ended, and not while another file is selected")
    func again() {
        var model = Self.counted()
        _ = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .running)], generation: 7)))
        let effects = update(&model, .engine(Fixture.engine([Fixture.snapshot(42, .done)], generation: 8)))
        #expect(effects.contains(.countNew(Self.file, FileReading(), list: "nightly")))
        _ = update(&model, .newCounted(path: Self.file, list: "weekly", .success(Self.some)))
        #expect(!SendTests.text(view(model)).contains("164 of 820"), "an answer about another list is not shown")
    }

    @Test("a name that no list can have is said, and nothing is started with it")
    func wrong() {
        var model = Fixture.send()
        _ = update(&model, .key(.character("O")))
        for character in "a/b" { _ = update(&model, .key(.character(character))) }
        #expect(update(&model, .key(.enter)).isEmpty)
        #expect(model.obstacle(to: .start)?.hasPrefix("A list's name has") == true)
    }

    @Test("why it can't be compared is said, and the question gives the most that may be sent")
    func failed() {
        var model = Self.typed()
        let error = DeliveryError(.conflict, "Lists need the state directory's own journal.")
        _ = update(&model, .newCounted(path: Self.file, list: "nightly", .failure(error)))
        #expect(SendTests.text(view(model)).contains("Lists need the state directory's own journal."))
        _ = update(&model, .key(.character("s")))
        #expect(SendTests.text(view(model)).contains("up to about 820 records"))
    }
}
