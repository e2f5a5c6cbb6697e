public import DeliveryModel

/// How states and sources stand in a store: as JSON with one key, which says which one it is.
extension RunQuery {
    /// The keys of the states that are asked for; `nil` when what is stored does not tell, since it depends on who works
    /// on a run.
    public var stateKeys: [String]? {
        switch state {
        case "done": ["done"]
        case "dry_run": ["dryRun"]
        case "skipped": ["skipped"]
        case "failed": ["failed", "refused"]
        default: nil
        }
    }
}

extension RunQuery.Source {
    /// The key of a kind of sources, given by its word; `nil` for a word that is none.
    public static func key(ofKind word: String) -> String? {
        switch word {
        case "file", "upload", "retry": word
        case "stdin": "standardInput"
        case "single": "submissions"
        default: nil
        }
    }
}
