import DeliveryModel

extension Model {
    mutating func openSettings() {
        var settings = SettingsModel(address: TextField(setup.apiURL))
        settings.row = settingsRows[0]
        overlays.append(.settings(settings))
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
            if let address = settings?.address.text { setup.apiURL = address }
            if settings?.key.isEmpty == false { setup.needsKey = false }
            setup.needsAddress = false
            settings?.problem = nil
            guard !testFollows else { break }
            if settings != nil { overlays.removeLast() }
            toast(.good, "The API's address is set")
            return []
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
