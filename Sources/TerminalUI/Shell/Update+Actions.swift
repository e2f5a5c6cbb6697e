import DeliveryModel
import TerminalKit

extension Model {
    /// Does what a key, a button or the palette asks for, or says why it can't be done.
    mutating func perform(_ action: Action) -> [Effect] {
        if let obstacle = obstacle(to: action) {
            toast(.info, obstacle)
            return []
        }
        if let effects = performEverywhere(action) { return effects }
        return screen.place.perform(action, &self)
    }

    private mutating func performEverywhere(_ action: Action) -> [Effect]? {
        switch action {
        case .goSend: return go(to: .send)
        case .goRun: return go(to: .run)
        case .goFailures: return go(to: .failures)
        case .goHistory: return go(to: .history)
        case .goListener: return go(to: .listener)
        case .goLog: return go(to: .log)
        case .goNodes: return go(to: .nodes)
        case .nextScreen: return go(to: Screen(rawValue: screen.rawValue % screens.count + 1) ?? .send)
        case .previousScreen:
            let count = screens.count
            return go(to: Screen(rawValue: (screen.rawValue + count - 2) % count + 1) ?? .send)
        case .back: return back()
        case .help: overlays.append(.help(HelpModel()))
        case .palette: overlays.append(.palette(PaletteModel()))
        case .settings: openSettings()
        case .profiles: openProfiles()
        case .sandbox:
            overlays.append(.sandbox(SandboxModel()))
            return [.readFaults]
        case .theme: return setTheme(theme.next)
        case .unmask:
            isUnmasked.toggle()
            toast(.info, isUnmasked ? "Cookies shown in full" : "Cookies shortened")
        case .freeze: return freeze()
        case .mouse: return setMouse(!isMouseOn)
        case .redraw: return [.repaint]
        case .suspend: return [.suspend]
        case .quit: return quit()
        default: return nil
        }
        return []
    }

    mutating func setTheme(_ name: ThemeName) -> [Effect] {
        theme = name
        preferences.theme = name
        return [.savePreferences(preferences)]
    }

    mutating func setMouse(_ on: Bool) -> [Effect] {
        isMouseOn = on
        preferences.mouse = on
        toast(.info, on ? "Mouse on" : "Mouse off; the terminal selects text")
        return [.setMouse(on), .savePreferences(preferences)]
    }

    private mutating func freeze() -> [Effect] {
        isFrozen.toggle()
        guard !isFrozen else {
            toast(.info, "Frozen; runs continue")
            return []
        }
        show(newest)
        isStale = true
        return refreshFailures()
    }
}
