import ArgumentParser
import CustomerRecords
import DeliveryEngine
import DeliveryModel
import TerminalUI

/// Delivers with another profile of the configuration file.
struct ProfileSwitch: ProfileControl {
    private let connector: Connector
    private let live: LiveSettings
    private let option: SettingName?

    /// - Parameter option: the option that names an address or a key, which no profile outweighs.
    init(_ connector: Connector, _ live: LiveSettings, fixedBy option: SettingName?) {
        self.connector = connector
        self.live = live
        self.option = option
    }

    var profiles: [Profile] { connector.settings.profiles.map(\.shown) }
    var hasPlainSettings: Bool { connector.settings.profile == nil }

    func use(_ name: String?) async throws(DeliveryError) -> UsedProfile {
        if let option {
            throw DeliveryError(
                .conflict, "--\(option.rawValue) on the command line overrides every profile. Start without it.")
        }
        let settings = try await settings(of: name)
        try Self.check(settings, leaving: connector.engine.snapshot().profile, for: name)
        let (url, key) = try Connector.requiredAddress(settings)
        try await connector.engine.use(
            try connector.connect(settings)(url, key), profile: name, connect: connector.connect(settings))
        await live.adopt(settings, connector.engine)
        return UsedProfile(name: name, url: url, filter: settings.reading.filter)
    }

    private func settings(of name: String?) async throws(DeliveryError) -> Settings {
        do {
            return try await live.settings(of: name)
        } catch let error as DeliveryError {
            throw error
        } catch let error as ValidationError {
            throw DeliveryError(.configuration, error.message)
        } catch {
            throw DeliveryError(.configuration, "\(error)")
        }
    }

    /// What is set once, at the start, would be another profile's.
    static func check(_ settings: Settings, leaving old: String?, for new: String?) throws(DeliveryError) {
        for name in [new, old].compactMap({ $0 }) {
            guard let fixed = settings.profiles.first(where: { $0.shown.name == name })?.fixed.first else { continue }
            let start = new.map { "Start with --profile \($0)." } ?? "Start without --profile."
            throw DeliveryError(
                .conflict, "Profile \(name) sets \(fixed.rawValue), which can't change while the program runs. \(start)"
            )
        }
    }
}
