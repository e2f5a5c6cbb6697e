import DeliveryModel
import TerminalKit

extension Model {
    mutating func openSettings() {
        var settings = SettingsModel(address: TextField(setup.apiURL), keeps: preferences.api != nil)
        // What is missing has the keys.
        settings.focus(setup.hasSandbox ? .test : setup.apiURL.isEmpty || !setup.needsKey ? .address : .key)
        overlays.append(.settings(settings))
    }

    /// What was kept at an earlier start fills in for what was not given at this one. A key is for the address that it was
    /// kept with, and no other gets it.
    mutating func useKeptAPI() -> [Effect] {
        guard !setup.hasSandbox, let kept = preferences.api, !kept.url.isEmpty else { return [] }
        if setup.apiURL.isEmpty {
            // A key that was given now is for that address if it was given for it then, too.
            guard setup.needsKey || kept.key == nil else { return [] }
            setup.apiURL = kept.url
        }
        guard setup.apiURL == kept.url, let key = setup.needsKey ? kept.key : "" else { return [] }
        guard setup.needsKey || newest.apiHost == nil else { return [] }
        setup.needsKey = false
        return [.setAPI(url: setup.apiURL, key: key)]
    }

    /// The simulated API has an address and a key that nobody can change, and nothing is kept where another process
    /// delivers.
    var settingsRows: [SettingsModel.Row] {
        if setup.hasSandbox { return [.test, .theme, .mouse, .notify] }
        return SettingsModel.Row.allCases.filter { $0 != .keep || setup.attachedTo == nil }
    }

    mutating func press(_ key: Key, _ settings: SettingsModel) -> [Effect] {
        var settings = settings
        let all = settingsRows
        let index = all.firstIndex(of: settings.row) ?? 0
        let isChoice = key == .enter || key == .character(" ") || key == .right
        switch (key, settings.row) {
        case (.escape, _):
            overlays.removeLast()
            return []
        case (.tab, _), (.down, _): settings.focus(all[(index + 1) % all.count])
        case (.backTab, _), (.up, _): settings.focus(all[(index + all.count - 1) % all.count])
        case (.enter, .address), (.enter, .key), (.enter, .keep): return save(settings)
        case (_, .address): edit(key, &settings, \.address)
        case (_, .key): edit(key, &settings, \.key)
        case (_, .keep): if isChoice { settings.keeps.toggle() }
        case (_, .test): if isChoice { return test(settings) }
        case (_, .theme): if isChoice { return setTheme(theme.next) }
        case (_, .mouse): if isChoice { return setMouse(!isMouseOn) }
        case (_, .notify):
            guard isChoice else { break }
            preferences.notifies = preferences.notifies != true
            return [.savePreferences(preferences)]
        }
        replaceOverlay(.settings(settings))
        return []
    }

    private func edit(
        _ key: Key, _ settings: inout SettingsModel, _ field: WritableKeyPath<SettingsModel, TextField>
    ) {
        let before = settings[keyPath: field].text
        _ = settings[keyPath: field].handle(key)
        guard settings[keyPath: field].text != before else { return }
        // A test that is under way was of another address: its answer is nobody's.
        settings.login = .untested
        settings.problem = nil
    }

    private func address(_ settings: SettingsModel) -> String { String(settings.address.text.trimmingPrefix(" ")) }

    /// Marks what is missing.
    private mutating func isComplete(_ settings: SettingsModel) -> Bool {
        var settings = settings
        if address(settings).isEmpty {
            settings.problem = "Enter the API address: https://…"
            settings.focus(.address)
        } else if settings.key.isEmpty, setup.needsKey {
            settings.problem = settings.row == .address ? nil : "Enter the project key"
            settings.focus(.key)
        } else {
            return true
        }
        replaceOverlay(.settings(settings))
        return false
    }

    /// Logs in with what is typed, without using it for anything else.
    private mutating func test(_ settings: SettingsModel) -> [Effect] {
        guard setup.hasSandbox || isComplete(settings) else { return [] }
        var settings = settings
        loginTests += 1
        settings.login = .testing(loginTests)
        settings.problem = nil
        replaceOverlay(.settings(settings))
        if setup.hasSandbox { return [.testLogin(loginTests, url: "", key: "")] }
        return [.testLogin(loginTests, url: address(settings), key: settings.key.text)]
    }

    private mutating func save(_ settings: SettingsModel) -> [Effect] {
        guard isComplete(settings) else { return [] }
        var settings = settings
        guard address(settings) != setup.apiURL || !settings.key.isEmpty || isAPIMissing else {
            overlays.removeLast()
            return settings.keeps == (preferences.api != nil) ? [] : keepAPI(settings)
        }
        settings.problem = nil
        settings.isSaving = true
        replaceOverlay(.settings(settings))
        return [.setAPI(url: address(settings), key: settings.key.text)]
    }

    private mutating func keepAPI(_ settings: SettingsModel) -> [Effect] {
        let key = typedAPI.flatMap { $0.url == setup.apiURL ? $0.key : nil }
        let kept = settings.keeps ? KeptAPI(url: setup.apiURL, key: key) : nil
        guard preferences.api != kept else { return [] }
        preferences.api = kept
        return [.savePreferences(preferences)]
    }

    mutating func takeAPI(_ answer: DeliveryResult<String>) -> [Effect] {
        guard case .settings(var settings) = overlays.last, settings.isSaving else {
            if case .failure(let error) = answer { toast(.bad, error.message) }
            return []
        }
        switch answer {
        case .success(let url):
            if !settings.key.isEmpty {
                setup.needsKey = false
                typedAPI = KeptAPI(url: url, key: settings.key.text)
            } else if typedAPI?.url == setup.apiURL {
                // The operator wants the same key for it.
                typedAPI?.url = url
            }
            setup.apiURL = url
            overlays.removeLast()
            toast(.good, "API address saved")
            return keepAPI(settings)
        case .failure(let error):
            settings.isSaving = false
            settings.problem = error.message
            replaceOverlay(.settings(settings))
            return []
        }
    }

    mutating func takeLogin(_ number: Int, _ answer: DeliveryResult<String>) -> [Effect] {
        // Another address was typed, or the settings were closed: nobody waits for this answer any more.
        guard case .settings(var settings) = overlays.last, settings.login == .testing(number) else { return [] }
        switch answer {
        case .success(let text): settings.login = .accepted(text)
        case .failure(let error): settings.login = .refused(error.message)
        }
        replaceOverlay(.settings(settings))
        return []
    }
}
