import CustomerRecords
import DeliveryModel
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Profiles")
struct ProfileTests {
    private static func model(_ name: String?) -> Model {
        var model = Fixture.profiled(name)
        _ = update(&model, .key(.character("s")))
        return model
    }

    @Test("more than 1,000 records to production take its name, typed in full")
    func guarded() {
        var model = Fixture.profiled("production")
        var report = Fixture.report
        report.ages = report.ages.map { $0 * 2 }
        _ = update(&model, .dryRun(path: "/home/jan/samples/customers.csv", .success(report)))
        _ = update(&model, .key(.character("s")))
        #expect(SendTests.text(view(model)).contains("Type production to confirm:"))
        #expect(update(&model, .key(.enter)).isEmpty)
        for character in "productio" { #expect(update(&model, .key(.character(character))).isEmpty) }
        #expect(update(&model, .key(.enter)).isEmpty, "a part of it is not enough")
        #expect(update(&model, .click(.overlayRow(0))).isEmpty, "and the button is not a way around it")
        _ = update(&model, .key(.character("n")))
        #expect(update(&model, .key(.enter)).contains { if case .start = $0 { true } else { false } })
    }

    @Test("a retry and a bulk fix of so many take the name, too")
    func guardedRetries() {
        let model = Fixture.profiled("production")
        var request = RetryRequest(marks: .all(except: []), query: FailureQuery(), isAll: true)
        (request.selected, request.sendable) = (2000, 2000)
        #expect(model.question(.retry(request)).word == "production")
        let fix = BulkFix(
            change: RecordChange(field: .name, kind: .set("x")), selection: .matching(FailureQuery(), except: []))
        #expect(model.question(.fix(fix, 1001)).word == "production")
        #expect(model.question(.fix(fix, 1000)).word == nil)
        #expect(Fixture.profiled("staging").question(.fix(fix, 5000)).word == nil)
    }

    @Test("fewer records, and other profiles, are confirmed with a key", arguments: ["production", "staging"])
    func unguarded(name: String) {
        var model = Self.model(name)
        #expect(update(&model, .key(.character("y"))).contains { if case .start = $0 { true } else { false } })
    }

    @Test("another profile is chosen on the screen, and its address and ages are used from there on")
    func switching() {
        var model = Fixture.profiled("staging")
        #expect(update(&model, .key(.character("P"))).isEmpty)
        #expect(update(&model, .key(.enter)).isEmpty, "the present one is chosen")
        _ = update(&model, .key(.character("P")))
        _ = update(&model, .key(.up))
        #expect(update(&model, .key(.enter)) == [.useProfile("production")])
        #expect(update(&model, .key(.enter)).isEmpty, "once")
        let refusal = DeliveryError(.conflict, "Runs are active: stop them first.")
        _ = update(&model, .profileUsed(.failure(refusal)))
        #expect(SendTests.text(view(model)).contains("Runs are active: stop them first."))
        #expect(update(&model, .key(.enter)) == [.useProfile("production")])
        let filter = AgeFilter(minimum: 21, maximum: 60)
        _ = update(
            &model, .profileUsed(.success(UsedProfile(name: "production", url: "https://a.test", filter: filter))))
        #expect(model.overlays.isEmpty && model.setup.apiURL == "https://a.test")
        #expect(model.send.filter == filter)
    }

    @Test("without profiles, or where another process delivers, the key says why")
    func obstacles() {
        var model = Fixture.profiled("staging")
        model.setup.canSwitchProfile = false
        #expect(model.obstacle(to: .profiles) == "The running process has its own profile")
        model.setup.canSwitchProfile = true
        model.setup.profiles = []
        #expect(model.obstacle(to: .profiles) == "The configuration file has no profiles")
    }

    @Test("a profile without an address says where that comes from")
    func plain() {
        var model = Fixture.profiled("staging")
        model.setup.hasPlainSettings = true
        _ = update(&model, .key(.character("P")))
        #expect(SendTests.text(view(model)).contains("address from the environment"))
    }

    @Test("a profile is of production by its name, until it says otherwise")
    func names() {
        #expect(["production", "PROD", "live", "production-eu"].allSatisfy { Profile(name: $0).isProduction })
        #expect(!Profile(name: "staging").isProduction && !Profile(name: "delivery").isProduction)
    }
}
