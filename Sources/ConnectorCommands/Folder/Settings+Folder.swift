import ArgumentParser
import DropFolder
import Foundation
import SystemPackage

/// The drop folder, as it was set.
enum WatchSettings {
    /// - Returns: `nil` when no folder is watched.
    static func folder(_ layers: SettingLayers) throws -> FolderSettings? {
        guard let (path, place) = try layers.text(.watch) else {
            for name in [SettingName.pattern, .settle, .duplicates, .keepFiles] {
                // A setting of the configuration file may wait for a folder; one on the command line is a mistake.
                if let (_, place) = try layers.text(name), place.hasPrefix("--") {
                    throw ValidationError("\(place) belongs to --watch, which is missing.")
                }
            }
            return nil
        }
        guard !path.isEmpty else { throw ValidationError("\(place): specify a folder.") }
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var settings = FolderSettings(folder: FilePath(absolute).lexicallyNormalized())
        if let (patterns, place) = try layers.text(.pattern) {
            settings.patterns = patterns.split(separator: "\n").flatMap { line in
                place.hasPrefix("--") ? [String(line)] : line.split(separator: " ").map(String.init)
            }
            guard !settings.patterns.isEmpty, !settings.patterns.contains(where: { $0.contains("/") }) else {
                throw ValidationError("\(place): a pattern is for names in the folder and can't contain “/”.")
            }
        }
        if let settle = try layers.parse(.settle, "a duration such as 5s or 1m", Duration.init(argument:)) {
            settings.settle = settle
        }
        if let duplicates = try layers.parse(
            .duplicates, "skip, send, or fail", FolderSettings.Duplicates.init(rawValue:))
        {
            settings.duplicates = duplicates
        }
        return settings
    }
}
