import Foundation

@testable import ConnectorCommands

/// Settings as they come from the three places.
enum SettingsFixture {
    /// - Parameter file: text of the configuration file; `nil` is none.
    static func settings(
        options: [SettingName: String] = [:], environment: [String: String] = [:], file: String? = nil
    ) async throws -> Settings {
        let home = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        let folder = home.appending(path: ".config/data-connector")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        if let file { try Data(file.utf8).write(to: folder.appending(path: "config.json")) }
        let environment = environment.merging(["HOME": home.path]) { given, _ in given }
        let layers = try await SettingLayers(options: options, environment: environment, file: nil)
        return try Settings(layers, environment: environment)
    }
}
