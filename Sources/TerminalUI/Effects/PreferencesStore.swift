import Foundation

/// Keeps the preferences in a small file of the state directory.
struct PreferencesStore: Sendable {
    /// `nil` keeps nothing.
    var path: String?

    /// Preferences that can't be read are as if there were none: nothing of value is lost with them.
    func load() -> Preferences {
        guard let path, let data = FileManager.default.contents(atPath: path), data.count < 1 << 20 else {
            return Preferences()
        }
        return (try? JSONDecoder().decode(Preferences.self, from: data)) ?? Preferences()
    }

    /// Replaces the file; the owner alone may read it, because it holds names of files.
    func save(_ preferences: Preferences) throws {
        guard let path else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let data = try encoder.encode(preferences)
        let draft = path + ".new"
        try? FileManager.default.removeItem(atPath: draft)
        let isMade = FileManager.default.createFile(
            atPath: draft, contents: data, attributes: [.posixPermissions: 0o600])
        guard isMade, rename(draft, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
