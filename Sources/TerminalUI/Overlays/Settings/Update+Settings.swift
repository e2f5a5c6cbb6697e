import DeliveryModel
import TerminalKit

extension Model {
    mutating func openSettings() {
        var settings = SettingsModel(address: TextField(setup.apiURL))
        // What is missing has the keys.
        settings.row = setup.hasSandbox ? .test : setup.apiURL.isEmpty || !setup.needsKey ? .address : .key
        overlays.append(.settings(settings))
    }

    /// What was kept at an earlier start fills in for what was not given at this one.
    mutating func useKeptAPI() -> [Effect] {
        guard !setup.hasSandbox, let kept = preferences.api, !kept.url.isEmpty, setup.apiURL.isEmpty || setup.needsKey
        else { return [] }
        if setup.apiURL.isEmpty { setup.apiURL = kept.url }
        guard let key = setup.needsKey ? kept.key : "" else { return [] }
        setup.needsKey = false
        return [.setAPI(url: setup.apiURL, key: key, thenTest: false)]
    }

    private mutating func setKeepsAPI(_ keeps: Bool) -> [Effect] {
        preferences.api = keeps ? KeptAPI(url: setup.apiURL, key: typedKey) : nil
        return [.savePreferences(preferences)]
    }

    /// The simulated API has an address and a key that nobody can change.
    private var settingsRows: [SettingsModel.Row] {
        setup.hasSandbox ? [.test, .theme, .mouse] : SettingsModel.Row.allCases
    }

    mutating func press(_ key: Key, _ settings: SettingsModel) -> [Effect] {
        var settings = settings
        let all = settingsRows
        let index = all.firstIndex(of: settings.row) ?? 0
        switch key {
        case .escape:
            overlays.removeLast()
            return []
        case .tab, .down: settings.row = all[(index + 1) % all.count]
        case .backTab, .up: settings.row = all[(index + all.count - 1) % all.count]
        default:
            switch settings.row {
            case .address: return type(key, &settings, \.address)
            case .key: return type(key, &settings, \.key)
            case .keep:
                if key == .enter || key == .character(" ") || key == .right {
                    return setKeepsAPI(preferences.api == nil)
                }
            case .test: if key == .enter || key == .character(" ") { return saveAPI(&settings, thenTest: true) }
            case .theme: if key == .enter || key == .character(" ") || key == .right { return setTheme(theme.next) }
            case .mouse: if key == .enter || key == .character(" ") || key == .right { return setMouse(!isMouseOn) }
            }
        }
        replaceOverlay(.settings(settings))
        return []
    }

    private mutating func type(
        _ key: Key, _ settings: inout SettingsModel, _ field: WritableKeyPath<SettingsModel, TextField>
    ) -> [Effect] {
        if key == .enter { return saveAPI(&settings, thenTest: false) }
        if settings[keyPath: field].handle(key) {
            settings.login = .untested
            settings.problem = nil
        }
        replaceOverlay(.settings(settings))
        return []
    }

    private mutating func saveAPI(_ settings: inout SettingsModel, thenTest: Bool) -> [Effect] {
        guard !setup.hasSandbox else {
            settings.login = thenTest ? .testing : settings.login
            replaceOverlay(.settings(settings))
            return thenTest ? [.testLogin] : []
        }
        let address = settings.address.text.trimmingPrefix(" ")
        guard !address.isEmpty else {
            settings.problem = "The address is missing: https://…"
            settings.row = .address
            replaceOverlay(.settings(settings))
            return []
        }
        guard !settings.key.isEmpty || !setup.needsKey else {
            settings.problem = settings.row == .key || thenTest ? "The project key is missing" : nil
            settings.row = .key
            replaceOverlay(.settings(settings))
            return []
        }
        if thenTest { settings.login = .testing }
        settings.problem = nil
        replaceOverlay(.settings(settings))
        return [.setAPI(url: String(address), key: settings.key.text, thenTest: thenTest)]
    }

    mutating func takeAPI(_ answer: Answer<Bool>) -> [Effect] {
        var settings: SettingsModel?
        if case .settings(let open) = overlays.last { settings = open }
        switch answer {
        case .success(let testFollows):
            if let open = settings {
                setup.apiURL = open.address.text
                if !open.key.isEmpty {
                    setup.needsKey = false
                    typedKey = open.key.text
                }
            }
            settings?.problem = nil
            var effects: [Effect] = []
            if preferences.api != nil, settings != nil { effects = setKeepsAPI(true) }
            guard !testFollows, settings != nil else {
                if let settings { replaceOverlay(.settings(settings)) }
                return effects
            }
            overlays.removeLast()
            toast(.good, "The API's address is set")
            return effects
        case .failure(let error):
            settings?.problem = error.message
            settings?.login = .untested
            if settings == nil { toast(.bad, error.message) }
        }
        if let settings { replaceOverlay(.settings(settings)) }
        return []
    }

    mutating func takeLogin(_ answer: Answer<String>) -> [Effect] {
        guard case .settings(var settings) = overlays.last else {
            return takeDone(answer)
        }
        switch answer {
        case .success(let text): settings.login = .accepted(text)
        case .failure(let error): settings.login = .refused(error.message)
        }
        replaceOverlay(.settings(settings))
        return []
    }
}
