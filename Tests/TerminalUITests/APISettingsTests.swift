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
        model.typedAPI = preferences.api
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
        #expect(effects == [.setAPI(url: "https://ads.example.com", key: "secret")])
        #expect(update(&model, .apiSet(.success("https://ads.example.com"))).isEmpty, "nothing is written")
        #expect(model.overlays.isEmpty)
        #expect(!model.setup.needsKey)
    }

    @Test("a click on Remember changes it and saves nothing")
    func clicked() {
        var model = Self.model()
        _ = update(&model, .key(.character(",")))
        for keeps in [true, false] {
            #expect(update(&model, .click(.overlayRow(SettingsModel.Row.keep.rawValue))).isEmpty)
            guard case .settings(let settings) = model.overlays.last else {
                Issue.record("the settings are gone")
                return
            }
            #expect(settings.keeps == keeps && settings.problem == nil && !settings.isSaving)
        }
        #expect(model.preferences.api == nil)
    }

    @Test("where another process delivers, nothing is remembered, and that is not offered")
    func attached() {
        var model = Self.model()
        model.setup.attachedTo = 4711
        _ = update(&model, .key(.character(",")))
        #expect(!SendTests.text(view(model)).contains("Remember"))
        for _ in 0..<7 {
            _ = update(&model, .key(.tab))
            guard case .settings(let settings) = model.overlays.last else { return }
            #expect(settings.row != .keep)
        }
        _ = update(&model, .click(.overlayRow(SettingsModel.Row.keep.rawValue)))
        guard case .settings(let settings) = model.overlays.last else { return }
        #expect(settings.row != .keep && !settings.keeps)
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
        #expect(model.preferences.api == nil, "not before it is saved")
        _ = update(&model, .key(.enter))
        let effects = update(&model, .apiSet(.success("https://ads.example.com")))
        #expect(model.preferences.api == KeptAPI(url: "https://ads.example.com", key: "secret"))
        #expect(effects == [.savePreferences(model.preferences)])
        _ = update(&model, .key(.character(",")))
        for key in [Key.tab, .tab, .character(" "), .enter] { _ = update(&model, .key(key)) }
        _ = update(&model, .apiSet(.success("https://ads.example.com")))
        #expect(model.preferences.api == nil)
    }

    @Test("what was kept fills in for what is not given, and for nothing else")
    func fillsIn() {
        var model = Self.model(Self.kept("https://ads.example.com", "secret"))
        let set = Effect.setAPI(url: "https://ads.example.com", key: "secret")
        #expect(model.begin(file: nil).contains(set))
        model = Self.model(Self.kept("https://ads.example.com", "secret"))
        model.setup.apiURL = "https://other.example.com"
        model.setup.needsKey = false
        #expect(!model.begin(file: nil).contains { if case .setAPI = $0 { true } else { false } })
        model = Self.model(Self.kept("https://ads.example.com", nil))
        #expect(!model.begin(file: nil).contains { if case .setAPI = $0 { true } else { false } })
        #expect(model.setup.apiURL == "https://ads.example.com", "only the key is left to be asked for")
    }

    @Test("a key that was kept goes to no other address, and an address gets no other key")
    func otherAddress() {
        func begin(url: String, needsKey: Bool, key: String? = "secret") -> (effects: [Effect], model: Model) {
            var model = Self.model(Self.kept("https://ads.example.com", key))
            model.setup.apiURL = url
            model.setup.needsKey = needsKey
            let effects = model.begin(file: nil).filter { if case .setAPI = $0 { true } else { false } }
            return (effects, model)
        }
        var (effects, model) = begin(url: "https://other.example.com", needsKey: true)
        #expect(effects == [] && model.setup.needsKey)
        #expect(begin(url: "", needsKey: false).effects == [], "the key was given for another one")
        #expect(begin(url: "", needsKey: false, key: nil).effects == [.setAPI(url: "https://ads.example.com", key: "")])
        #expect(
            begin(url: "https://ads.example.com", needsKey: true).effects
                == [.setAPI(url: "https://ads.example.com", key: "secret")])
        // Looking at the settings of another address leaves what was kept as it is.
        (effects, model) = begin(url: "https://other.example.com", needsKey: false)
        model.newest.apiHost = "other.example.com"
        _ = update(&model, .key(.character(",")))
        #expect(effects == [] && update(&model, .key(.enter)).isEmpty && model.overlays.isEmpty)
        #expect(model.preferences.api == KeptAPI(url: "https://ads.example.com", key: "secret"))
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
        #expect(SendTests.text(view(model)).contains("Resume interrupted runs?"))
    }

    @Test("testing a login uses nothing, Esc discards, and another address makes the answer nobody's")
    func loginTest() {
        var model = Self.model()
        model.setup.apiURL = "https://ads.example.com"
        model.setup.needsKey = false
        _ = update(&model, .key(.character(",")))
        Self.type("https://other.example.com", into: &model)
        for key in [Key.tab, .tab, .tab] { _ = update(&model, .key(key)) }
        let test = update(&model, .key(.enter))
        #expect(test == [.testLogin(1, url: "https://other.example.com", key: "")])
        #expect(SendTests.text(view(model)).contains("Logging in…"))
        for _ in 0..<3 { _ = update(&model, .key(.up)) }
        _ = update(&model, .key(.right))
        _ = update(&model, .key(.character("x")))
        #expect(update(&model, .login(1, .success("login succeeded"))).isEmpty)
        #expect(!SendTests.text(view(model)).contains("login succeeded"))
        _ = update(&model, .key(.escape))
        #expect(model.setup.apiURL == "https://ads.example.com")
        #expect(update(&model, .login(1, .failure(DeliveryError(.busy, "late")))).isEmpty)
        #expect(model.toasts.isEmpty)
    }
}
