import ArgumentParser
import Configuration
import Foundation

/// Where settings come from, strongest first: options, environment, configuration file.
struct SettingLayers: Sendable {
    private struct Layer: Sendable {
        var provider: any ConfigProvider
        /// How a value of this layer is named in an error.
        var place: @Sendable (SettingName) -> String
    }

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
        let inFile = try await Self.provider(of: path, isRequired: file != nil)
        layers = [
            Layer(provider: inOptions, place: { "--\($0.rawValue)" }),
            Layer(
                provider: InMemoryProvider(name: "environment", values: inEnvironment),
                place: { $0.environmentVariable ?? $0.rawValue }),
            Layer(provider: inFile, place: { "\(path): \($0.rawValue)" }),
        ]
    }

    /// A value as it was written, with the words for where it stands.
    func text(_ name: SettingName) throws -> (value: String, place: String)? {
        for layer in layers {
            let found = try layer.provider.value(forKey: AbsoluteConfigKey([name.rawValue]), type: .string).value
            if case .string(let text) = found?.content { return (text, layer.place(name)) }
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
            throw ValidationError("\(place): \(number) is out of range, it has to be \(bounds).")
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
            throw ValidationError("\(place): “\(text)” is not \(expected).")
        }
        return value
    }

    static func defaultFile(_ environment: [String: String]) -> String {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.config"
        return "\(base)/data-connector/config.json"
    }

    private static func provider(of path: String, isRequired: Bool) async throws -> any ConfigProvider {
        guard let data = FileManager.default.contents(atPath: path) else {
            if isRequired { throw ValidationError("\(path): no such configuration file, or it can't be read.") }
            return InMemoryProvider(name: "no file", values: [:])
        }
        let settings: [String: Scalar]
        do {
            settings = try JSONDecoder().decode([String: Scalar].self, from: data)
        } catch DecodingError.typeMismatch(_, let context) where context.codingPath.isEmpty {
            throw ValidationError("\(path): has to be one JSON object.")
        } catch DecodingError.typeMismatch(_, let context) {
            throw ValidationError("\(path): \(context.codingPath[0].stringValue): \(context.debugDescription)")
        } catch {
            throw ValidationError("\(path): is not valid JSON.")
        }
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, value) in settings {
            guard let name = SettingName(rawValue: key) else {
                throw ValidationError(
                    "\(path): there is no setting “\(key)”. Settings are named as the options, without dashes in "
                        + "front.")
            }
            values[AbsoluteConfigKey([key])] = ConfigValue(.string(value.text), isSecret: name.isSecret)
        }
        return InMemoryProvider(name: "file", values: values)
    }

    /// A value of the file as it would be written on the command line.
    private struct Scalar: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                self.text = text
            } else if let texts = try? value.decode([String].self) {
                text = texts.joined(separator: "\n")
            } else if let flag = try? value.decode(Bool.self) {
                text = String(flag)
            } else if let number = try? value.decode(Int.self) {
                text = String(number)
            } else if let number = try? value.decode(Double.self) {
                text = String(number)
            } else {
                throw DecodingError.typeMismatch(
                    Scalar.self,
                    .init(codingPath: value.codingPath, debugDescription: "has to be a text, a number, true or false."))
            }
        }
    }
}
