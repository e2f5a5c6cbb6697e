import ArgumentParser
import Configuration
import Foundation

/// The configuration file: settings under their options' names, and named sets of them under `profiles`.
struct ConfigurationFile {
    struct Profile {
        var values: [AbsoluteConfigKey: ConfigValue]

        func holds(_ name: SettingName) -> Bool { values[AbsoluteConfigKey([name.rawValue])] != nil }

        func text(_ name: SettingName) -> String? {
            if case .string(let text) = values[AbsoluteConfigKey([name.rawValue])]?.content { return text }
            return nil
        }
    }

    let values: [AbsoluteConfigKey: ConfigValue]
    let profiles: [String: Profile]
    private let path: String

    /// - Parameter isRequired: whether a missing file is an error.
    init(path: String, isRequired: Bool) throws {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path) else {
            if isRequired { throw ValidationError("\(path): no such configuration file, or it can't be read.") }
            values = [:]
            profiles = [:]
            return
        }
        let content: Content
        do {
            let decoder = JSONDecoder()
            // Comments and a trailing comma are allowed: people write this file.
            decoder.allowsJSON5 = true
            content = try decoder.decode(Content.self, from: data)
        } catch DecodingError.typeMismatch(_, let context) where context.codingPath.isEmpty {
            throw ValidationError("\(path): must be one JSON object.")
        } catch DecodingError.typeMismatch(_, let context) {
            let names = context.codingPath.map(\.stringValue).joined(separator: ": ")
            throw ValidationError("\(path): \(names): \(context.debugDescription)")
        } catch {
            throw ValidationError("\(path): is not valid JSON.")
        }
        values = try Self.values(content.settings, place: path)
        profiles = try Dictionary(
            uniqueKeysWithValues: content.profiles.map { name, settings in
                (name, Profile(values: try Self.values(settings, place: "\(path): profile \(name)", isProfile: true)))
            })
    }

    /// - Throws: an error that lists the profiles when there is none of that name.
    func profile(_ name: String) throws -> Profile {
        if let profile = profiles[name] { return profile }
        let known = profiles.keys.sorted().joined(separator: ", ")
        throw ValidationError(
            "--profile: there is no profile “\(name)” in \(path). "
                + (known.isEmpty ? "It has none under \"profiles\"." : "It has \(known)."))
    }

    /// Options that say what a command does, and are no settings.
    private static let ofCommands: Set = [
        "headless", "json", "once", "dry-run", "attach", "sandbox", "theme", "profile", "config",
    ]

    private static func values(
        _ settings: [String: Scalar], place: String, isProfile: Bool = false
    ) throws -> [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, value) in settings {
            guard let name = SettingName(rawValue: key), name != .profile else {
                if Self.ofCommands.contains(key) {
                    throw ValidationError("\(place): --\(key) can only be given on the command line.")
                }
                throw ValidationError(
                    "\(place): there is no setting “\(key)”. Settings are named as the options, without dashes in "
                        + "front.")
            }
            guard isProfile || !name.isOfProfile else {
                throw ValidationError("\(place): “\(key)” describes a profile. Move it into one under \"profiles\".")
            }
            values[AbsoluteConfigKey([key])] = ConfigValue(.string(value.text), isSecret: name.isSecret)
        }
        return values
    }

    private struct Content: Decodable {
        var settings: [String: Scalar] = [:]
        var profiles: [String: [String: Scalar]] = [:]

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: Key.self)
            for key in object.allKeys {
                if key.stringValue == "profiles" {
                    profiles = try object.decode([String: [String: Scalar]].self, forKey: key)
                } else {
                    settings[key.stringValue] = try object.decode(Scalar.self, forKey: key)
                }
            }
        }
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
                    .init(codingPath: value.codingPath, debugDescription: "must be a string, a number, true, or false.")
                )
            }
        }
    }
}
