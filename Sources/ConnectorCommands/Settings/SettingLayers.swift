import ArgumentParser
import Configuration
import Foundation

/// Where settings come from, strongest first: options, the profile that an option names, environment,
/// configuration file.
struct SettingLayers: Sendable {
    private struct Layer: Sendable {
        var provider: any ConfigProvider
        /// How a value of this layer is named in an error.
        var place: @Sendable (SettingName) -> String

        func text(_ name: SettingName) throws -> String? {
            let found = try provider.value(forKey: AbsoluteConfigKey([name.rawValue]), type: .string).value
            if case .string(let text) = found?.content { return text }
            return nil
        }
    }

    /// What stands on the command line.
    let options: [SettingName: String]
    /// The configuration file that the command line names.
    let file: String?
    /// The named set of options that was asked for.
    let profile: String?
    /// All that the configuration file has, by name.
    let profiles: [ProfileSettings]
    private let layers: [Layer]

    /// - Parameters:
    ///   - options: what stands on the command line, as it was written.
    ///   - file: the configuration file; a missing one is an error only when it was asked for by name.
    init(options: [SettingName: String], environment: [String: String], file: String?) async throws {
        let inOptions = InMemoryProvider(
            name: "options",
            values: Dictionary(
                uniqueKeysWithValues: options.map { name, value in
                    (AbsoluteConfigKey([name.rawValue]), ConfigValue(.string(value), isSecret: name.isSecret))
                }))
        var inEnvironment: [AbsoluteConfigKey: ConfigValue] = [:]
        for name in SettingName.allCases {
            guard let variable = name.environmentVariable, let value = environment[variable], !value.isEmpty else {
                continue
            }
            inEnvironment[AbsoluteConfigKey([name.rawValue])] = ConfigValue(.string(value), isSecret: name.isSecret)
        }
        let path = file ?? Self.defaultFile(environment)
        let inFile = try ConfigurationFile(path: path, isRequired: file != nil)
        var layers = [Layer(provider: inOptions, place: { "--\($0.rawValue)" })]
        let name = options[.profile]
        if let name {
            let profile = try inFile.profile(name)
            try Self.check(profile, name: name, options: options)
            layers.append(
                Layer(
                    provider: InMemoryProvider(name: "profile", values: profile.values),
                    place: { "\(path): profile \(name): \($0.rawValue)" }))
        }
        layers += [
            Layer(
                provider: InMemoryProvider(name: "environment", values: inEnvironment),
                place: { $0.environmentVariable ?? $0.rawValue }),
            Layer(
                provider: InMemoryProvider(name: "file", values: inFile.values),
                place: { "\(path): \($0.rawValue)" }),
        ]
        self.layers = layers
        self.options = options
        self.file = file
        profile = name
        profiles = try inFile.profiles.sorted { $0.key < $1.key }.map { name, profile in
            try ProfileSettings(name, profile, place: "\(path): profile \(name)")
        }
    }

    /// What there is of them, when a profile or the configuration file can't be used.
    static func tolerant(options: [SettingName: String], environment: [String: String], file: String?) async -> Self? {
        let unnamed = options.filter { $0.key != .profile }
        for (options, file) in [(options, file), (unnamed, file)] {
            if let layers = try? await Self(options: options, environment: environment, file: file) { return layers }
        }
        // Without any file.
        return try? await Self(
            options: unnamed, environment: environment.merging(["XDG_CONFIG_HOME": "/dev/null"]) { $1 }, file: nil)
    }

    /// An address and a key of different places would send the key to where it does not belong.
    private static func check(
        _ profile: ConfigurationFile.Profile, name: String, options: [SettingName: String]
    ) throws {
        let hasKey = profile.holds(.projectKey) || profile.holds(.projectKeyFile)
        let hasAddress = profile.holds(.apiURL)
        if hasAddress, !hasKey, options[.projectKeyFile] == nil {
            throw ValidationError("Profile \(name) names an address but no key. Add project-key-file to it.")
        }
        if hasKey, !hasAddress, options[.apiURL] == nil {
            throw ValidationError("Profile \(name) names a key but no address. Add api-url to it.")
        }
    }

    /// The first place that holds one of these settings holds the one that counts, in this order.
    func first(of names: [SettingName]) throws -> (name: SettingName, value: String, place: String)? {
        for layer in layers {
            for name in names {
                if let text = try layer.text(name) { return (name, text, layer.place(name)) }
            }
        }
        return nil
    }

    /// A value as it was written, with the words for where it stands.
    func text(_ name: SettingName) throws -> (value: String, place: String)? {
        for layer in layers {
            if let text = try layer.text(name) { return (text, layer.place(name)) }
        }
        return nil
    }

    func string(_ name: SettingName) throws -> String? { try text(name)?.value }

    func integer(_ name: SettingName, in range: ClosedRange<Int>) throws -> Int? {
        guard let (value, place) = try text(name) else { return nil }
        guard let number = Int(value.trimmingCharacters(in: .whitespaces)) else {
            throw ValidationError("\(place): “\(value)” is not a whole number.")
        }
        guard range.contains(number) else {
            let bounds =
                range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound)…\(range.upperBound)"
            throw ValidationError("\(place): \(number) is out of range; it must be \(bounds).")
        }
        return number
    }

    func flag(_ name: SettingName) throws -> Bool {
        guard let (value, place) = try text(name) else { return false }
        switch value.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off", "": return false
        default: throw ValidationError("\(place): “\(value)” is neither true nor false.")
        }
    }

    /// - Parameter expected: what a value has to be, for the error.
    func parse<Value>(_ name: SettingName, _ expected: String, _ read: (String) throws -> Value?) throws -> Value? {
        guard let (text, place) = try text(name) else { return nil }
        guard let value = try read(text) else {
            throw ValidationError("\(place): \(name.isSecret ? "the value" : "“\(text)”") is not \(expected).")
        }
        return value
    }

    static func defaultFile(_ environment: [String: String]) -> String {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.config"
        return "\(base)/data-connector/config.json"
    }
}
