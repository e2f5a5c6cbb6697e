import DeliveryModel
import TerminalKit

/// What the program remembers between two starts.
struct Preferences: Codable, Hashable, Sendable {
    var theme: ThemeName?
    var mouse: Bool?
    /// Whether the desktop is told when a run ends.
    var notifies: Bool?
    var directory: String?
    /// Newest first.
    var recentFiles: [String] = []
    /// The API's address and the project key, if the operator wants them kept.
    var api: KeptAPI?
    /// Interrupted runs that the operator did not want to continue.
    var declinedRuns: [RunID] = []
    /// Columns and encodings that were chosen, newest first.
    var mappings: [KeptMapping] = []

    init() {}

    /// A file of another version keeps what it shares with this one.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        theme = (try? values.decodeIfPresent(ThemeName.self, forKey: .theme)) ?? nil
        mouse = (try? values.decodeIfPresent(Bool.self, forKey: .mouse)) ?? nil
        notifies = (try? values.decodeIfPresent(Bool.self, forKey: .notifies)) ?? nil
        directory = (try? values.decodeIfPresent(String.self, forKey: .directory)) ?? nil
        api = (try? values.decodeIfPresent(KeptAPI.self, forKey: .api)) ?? nil
        recentFiles = (try? values.decodeIfPresent([String].self, forKey: .recentFiles)) ?? []
        declinedRuns = (try? values.decodeIfPresent([RunID].self, forKey: .declinedRuns)) ?? []
        mappings = (try? values.decodeIfPresent([KeptMapping].self, forKey: .mappings)) ?? []
    }

    mutating func remember(file: String) {
        recentFiles.removeAll { $0 == file }
        recentFiles.insert(file, at: 0)
        recentFiles = Array(recentFiles.prefix(8))
    }
}

/// Where the API is and the key for it, kept from one start to the next because the operator asked for that.
struct KeptAPI: Codable, Hashable, Sendable, CustomStringConvertible {
    var url: String
    /// `nil` when the key came from elsewhere.
    var key: String?

    /// Without the key, which must not reach a log.
    var description: String { url }
}
