import CustomerRecords
import DeliveryModel
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Erasing a person from the failures")
struct ErasureTests {
    private static let cookie = Fixture.record(1).cookie

    private static func asked(_ report: ErasureReport = Fixture.erasure) -> Model {
        var model = Fixture.failures()
        #expect(update(&model, .key(.character("D"))) == [.erase(1, cookie: cookie, isDryRun: true)])
        _ = update(&model, .erased(1, isDryRun: true, .success(report)))
        return model
    }

    private static func type(_ text: String, _ model: inout Model) -> [Effect] {
        text.reduce(into: []) { $0 += update(&model, .key(.character($1))) }
    }

    private static func text(_ model: Model) -> String { SendTests.text(view(model)) }

    @Test("shows first what a dry run counts, and names what can't be erased")
    func dryRun() {
        var model = Fixture.failures()
        _ = update(&model, .key(.character("D")))
        #expect(Self.text(model).contains("counting…"))
        _ = update(&model, .erased(1, isDryRun: true, .success(Fixture.erasure)))
        let shown = Self.text(model)
        #expect(shown.contains("To be erased:") && shown.contains("1,200") && shown.contains("Not touched:"))
        #expect(shown.contains("run 43 (/data/customers.csv) has not ended"))
    }

    @Test("erases only after the whole word and Enter, and says what was done")
    func word() {
        var model = Self.asked()
        #expect(update(&model, .key(.enter)).isEmpty)
        #expect(Self.type("eras", &model).isEmpty && update(&model, .key(.enter)).isEmpty)
        #expect(Self.type("e", &model).isEmpty)
        #expect(update(&model, .key(.enter)) == [.erase(1, cookie: Self.cookie, isDryRun: false)])
        // A second Enter erases nothing twice.
        #expect(update(&model, .key(.enter)).isEmpty && Self.text(model).contains("erasing…"))
        let effects = update(&model, .erased(1, isDryRun: false, .success(Fixture.erasure)))
        #expect(effects.contains(.countWaiting))
        let shown = Self.text(model)
        #expect(shown.contains("Erased:") && shown.contains("Some data was not erased."))
        #expect(update(&model, .key(.enter)).isEmpty && model.overlays.isEmpty)
    }

    @Test("asks for no word when nothing is found")
    func nothing() {
        var model = Self.asked(ErasureReport())
        #expect(Self.text(model).contains("Nothing found to erase."))
        #expect(!Self.text(model).contains("Type erase"))
        #expect(Self.type("erase", &model).isEmpty)
        #expect(update(&model, .key(.enter)).isEmpty && model.overlays.isEmpty)
    }

    @Test("is given up with Esc, after which an answer to the dry run changes nothing")
    func cancel() {
        var model = Fixture.failures()
        _ = update(&model, .key(.character("D")))
        #expect(update(&model, .key(.escape)).isEmpty && model.overlays.isEmpty)
        #expect(update(&model, .erased(1, isDryRun: true, .success(Fixture.erasure))).isEmpty)
        // Neither does it answer the question about another record.
        _ = update(&model, .key(.character("D")))
        _ = update(&model, .erased(1, isDryRun: true, .success(Fixture.erasure)))
        #expect(Self.text(model).contains("counting…"))
    }

    @Test("that was begun is reported although its window was closed")
    func closed() {
        var model = Self.asked()
        _ = Self.type("erase", &model)
        _ = update(&model, .key(.enter))
        _ = update(&model, .key(.escape))
        _ = update(&model, .erased(1, isDryRun: false, .success(Fixture.erasure)))
        #expect(model.toasts.last?.text == "The person is not erased everywhere: press D again to see what is left")
        _ = update(&model, .erased(1, isDryRun: false, .success(ErasureReport(counts: [.failures: 1]))))
        #expect(model.toasts.last?.text == "The person is erased")
    }

    @Test("that fails says why")
    func failure() {
        var model = Fixture.failures()
        _ = update(&model, .key(.character("D")))
        _ = update(&model, .erased(1, isDryRun: true, .failure(DeliveryError(.journal, "The disk is full."))))
        #expect(Self.text(model).contains("The disk is full."))
        #expect(update(&model, .key(.enter)).isEmpty && model.overlays.isEmpty)
    }

    @Test("keeps the cookie out of messages and of the window's title, and shows it shortened")
    func masked() {
        var model = Self.asked()
        #expect(!Self.text(model).contains(Self.cookie) && Self.text(model).contains("26555324…b2c0"))
        _ = Self.type("erase", &model)
        _ = update(&model, .key(.enter))
        _ = update(&model, .key(.escape))
        _ = update(&model, .erased(1, isDryRun: false, .success(Fixture.erasure)))
        #expect(!model.toasts.contains { $0.text.contains(Self.cookie) })
        #expect(!WindowStatus(model).title.contains(Self.cookie))
    }

    @Test("needs a record with a cookie")
    func obstacle() {
        #expect(Fixture.failures(0).obstacle(to: .erase) == "The list is empty")
        for (cookie, obstacle) in [
            ("", "This record has no cookie to erase by"),
            ("two words", "This record's cookie isn't valid: there is nothing to erase by"),
        ] {
            var model = Fixture.model(.failures)
            var record = Fixture.record(1)
            record.cookie = cookie
            Fixture.answerFetch(&model, [record])
            #expect(model.obstacle(to: .erase) == obstacle)
        }
    }

    @Test("scrolls a report that is longer than its window")
    func scrolls() {
        var report = Fixture.erasure
        for number in 1...30 {
            report.remainders.append(.init("spool/upload-\(number) holds 1.", isStored: true))
        }
        var model = Self.asked(report)
        #expect(!Self.text(model).contains("spool/upload-30 "))
        for _ in 0..<9 { _ = update(&model, .key(.pageDown)) }
        #expect(Self.text(model).contains("spool/upload-30 holds 1."))
    }
}
