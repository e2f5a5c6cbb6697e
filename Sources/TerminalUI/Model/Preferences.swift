import DeliveryModel

/// What the program remembers between two starts.
struct Preferences: Codable, Hashable, Sendable {
    var theme: ThemeName?
    var mouse: Bool?
    var directory: String?
    /// Newest first.
    var recentFiles: [String] = []
    /// Interrupted runs that the operator did not want to go on with.
    var declinedRuns: [RunID] = []

    init() {}

    /// A file of another version keeps what it shares with this one.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        theme = (try? values.decodeIfPresent(ThemeName.self, forKey: .theme)) ?? nil
        mouse = (try? values.decodeIfPresent(Bool.self, forKey: .mouse)) ?? nil
        directory = (try? values.decodeIfPresent(String.self, forKey: .directory)) ?? nil
        recentFiles = (try? values.decodeIfPresent([String].self, forKey: .recentFiles)) ?? []
        declinedRuns = (try? values.decodeIfPresent([RunID].self, forKey: .declinedRuns)) ?? []
    }

    mutating func remember(file: String) {
        recentFiles.removeAll { $0 == file }
        recentFiles.insert(file, at: 0)
        recentFiles = Array(recentFiles.prefix(8))
    }
}
