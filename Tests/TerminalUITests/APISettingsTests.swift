import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The API's address and key")
struct APISettingsTests {
    /// A program that was started without them.
    private static func model(_ preferences: Preferences = Preferences()) -> Model {
        var model = Fixture.send()
        model.setup.hasSandbox = false
        model.setup.apiURL = ""
        model.setup.needsKey = true
        model.newest.apiHost = nil
        model.preferences = preferences
        model.typedKey = preferences.api?.key
        return model
    }

    private static func kept(_ url: String, _ key: String?) -> Preferences {
        var preferences = Preferences()
        preferences.api = KeptAPI(url: url, key: key)
        return preferences
    }

    private static func type(_ text: String, into model: inout Model) {
        for character in text { _ = update(&model, .key(.character(character))) }
    }

    @Test("they are asked for before anything is sent, and stay in memory")
    func asked() {
        var model = Self.model()
        _ = update(&model, .key(.character("s")))
        Self.type("https://ads.example.com", into: &model)
        _ = update(&model, .key(.tab))
        Self.type("secret", into: &model)
        #expect(!SendTests.text(view(model)).contains("secret"), "the key is masked")
        let effects = update(&model, .key(.enter))
        #expect(effects == [.setAPI(url: "https://ads.example.com", key: "secret", thenTest: false)])
        #expect(update(&model, .apiSet(.success(false))).isEmpty, "nothing is written")
        #expect(model.overlays.isEmpty)
        #expect(!model.setup.needsKey)
    }

    @Test("they are kept for the next start when that is wanted, and forgotten when it no longer is")
    func kept() {
        var model = Self.model()
        _ = update(&model, .key(.character(",")))
        Self.type("https://ads.example.com", into: &model)
        _ = update(&model, .key(.tab))
        Self.type("secret", into: &model)
        _ = update(&model, .key(.tab))
        _ = update(&model, .key(.character(" ")))
        _ = update(&model, .key(.up))
        _ = update(&model, .key(.enter))
        let effects = update(&model, .apiSet(.success(false)))
        #expect(model.preferences.api == KeptAPI(url: "https://ads.example.com", key: "secret"))
        #expect(effects == [.savePreferences(model.preferences)])
        _ = update(&model, .key(.character(",")))
        for key in [Key.tab, .tab, .enter] { _ = update(&model, .key(key)) }
        #expect(model.preferences.api == nil)
    }

    @Test("what was kept fills in for what is not given, and for nothing else")
    func fillsIn() {
        var model = Self.model(Self.kept("https://ads.example.com", "secret"))
        let set = Effect.setAPI(url: "https://ads.example.com", key: "secret", thenTest: false)
        #expect(model.begin(file: nil).contains(set))
        model = Self.model(Self.kept("https://ads.example.com", "secret"))
        model.setup.apiURL = "https://other.example.com"
        model.setup.needsKey = false
        #expect(!model.begin(file: nil).contains { if case .setAPI = $0 { true } else { false } })
        model = Self.model(Self.kept("https://ads.example.com", nil))
        #expect(!model.begin(file: nil).contains { if case .setAPI = $0 { true } else { false } })
        #expect(model.setup.apiURL == "https://ads.example.com", "only the key is left to be asked for")
    }

    @Test("interrupted runs are offered as soon as the API is known, but not over another question")
    func offer() {
        var model = Self.model()
        model.hasOfferedResume = false
        _ = update(&model, .history(.success(Fixture.summaries), before: nil))
        #expect(model.overlays.isEmpty, "they could not be sent anywhere")
        _ = update(&model, .key(.character("?")))
        model.setup.needsKey = false
        _ = update(&model, .engine(EngineSnapshot(generation: 5, apiHost: "ads.example.com")))
        #expect(model.overlays.count == 1, "help")
        _ = update(&model, .key(.escape))
        guard case .confirmation(let question) = model.overlays.last else {
            Issue.record("no offer")
            return
        }
        #expect(question.title == "Go on with interrupted runs?")
    }
}
