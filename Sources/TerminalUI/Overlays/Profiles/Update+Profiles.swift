import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func openProfiles() {
        var profiles = ProfilesModel(setup, current: newest.profile)
        let page = ProfilesLayout(size, count: profiles.names.count).page
        profiles.cursor.keepVisible(count: profiles.names.count, page: page)
        overlays.append(.profiles(profiles))
    }

    mutating func press(_ key: Key, _ profiles: ProfilesModel) -> [Effect] {
        var profiles = profiles
        let count = profiles.names.count
        let page = ProfilesLayout(size, count: count).page
        switch key {
        case .escape, .character("P"):
            overlays.removeLast()
            return []
        case .up, .backTab, .character("k"): profiles.cursor.move(by: -1, count: count, page: page)
        case .down, .tab, .character("j"): profiles.cursor.move(by: 1, count: count, page: page)
        case .home, .character("g"): profiles.cursor.moveTo(0, count: count, page: page)
        case .end, .character("G"): profiles.cursor.moveTo(count - 1, count: count, page: page)
        case .enter, .character(" "): return use(profiles)
        default: return []
        }
        profiles.problem = nil
        replaceOverlay(.profiles(profiles))
        return []
    }

    mutating func click(_ row: Int, _ profiles: ProfilesModel) -> [Effect] {
        var profiles = profiles
        let wasThere = profiles.cursor.row == row
        profiles.cursor.row = row
        replaceOverlay(.profiles(profiles))
        return wasThere ? use(profiles) : []
    }

    private mutating func use(_ profiles: ProfilesModel) -> [Effect] {
        guard !profiles.isSwitching, let name = profiles.selected else { return [] }
        guard name != newest.profile else {
            overlays.removeLast()
            return []
        }
        var profiles = profiles
        profiles.problem = nil
        profiles.isSwitching = true
        replaceOverlay(.profiles(profiles))
        return [.useProfile(name)]
    }

    mutating func takeProfile(_ answer: DeliveryResult<UsedProfile>) -> [Effect] {
        let index = overlays.lastIndex { if case .profiles = $0 { true } else { false } }
        switch answer {
        case .success(let used):
            if let index { overlays.remove(at: index) }
            setup.apiURL = used.url
            setup.needsKey = false
            typedAPI = nil
            if send.field == nil {
                send.fields[.minimumAge] = TextField(String(used.filter.minimum))
                send.fields[.maximumAge] = TextField(used.filter.maximum.map(String.init) ?? "")
            }
            // What was sent to one API was not sent to another.
            send.sentContents = [:]
            toast(.good, used.name.map { "Using profile \($0)" } ?? "Using no profile")
            return lookForSent()
        case .failure(let error):
            guard let index, case .profiles(var profiles) = overlays[index] else {
                toast(.bad, error.message)
                return []
            }
            profiles.isSwitching = false
            profiles.problem = error.message
            overlays[index] = .profiles(profiles)
            return []
        }
    }
}
