import ArgumentParser
import Foundation

/// The configuration as the program understands it.
struct ConfigurationCheck {
    /// `nil` when they can't be used as a whole; the other checks use what there is.
    var settings: Settings?
    var layers: SettingLayers?
    var findings: [Finding] = []

    init(options: [SettingName: String], environment: [String: String], file: String?) async {
        do {
            layers = try await SettingLayers(options: options, environment: environment, file: file)
        } catch {
            findings.append(.failed("configuration", Self.words(error)))
            layers = await SettingLayers.tolerant(options: options, environment: environment, file: file)
        }
        guard let layers else { return }
        do {
            settings = try Settings(layers, environment: environment)
            let path = file ?? SettingLayers.defaultFile(environment)
            let isThere = FileManager.default.fileExists(atPath: path)
            if findings.isEmpty {
                findings.append(.ok("configuration", isThere ? path : "no file (\(path) doesn't exist)"))
            }
        } catch {
            findings.append(.failed("configuration", Self.words(error)))
        }
        for name in SettingName.allCases {
            guard let (value, place) = try? layers.text(name) else { continue }
            let shown = name.isSecret ? "set" : value.replacingOccurrences(of: "\n", with: " ")
            findings.append(.ok(name.rawValue, "\(shown) (\(Self.layer(place, name)))"))
        }
    }

    private static func layer(_ place: String, _ name: SettingName) -> String {
        if place == "--\(name.rawValue)" { return "option" }
        if place == name.environmentVariable { return "environment, \(place)" }
        return "file"
    }

    private static func words(_ error: any Error) -> String {
        (error as? ValidationError)?.message ?? "\(error)"
    }
}
