import ArgumentParser

/// Which options have an effect on what is about to be done. One on the command line that has none is a mistake; the same
/// value in the environment or in the configuration file is for other commands.
struct OptionUse: Hashable, Sendable {
    enum Work: Hashable, Sendable {
        /// The terminal UI.
        case screen
        /// Files, one after another, then the process ends.
        case files
        /// Until it is told to stop.
        case service
        /// Counts and sends nothing: what would be sent with is checked all the same.
        case count
        case retry
        case resume
    }

    var work: Work
    var usesSandbox = false
    var listens = false

    private static let reading: Set<SettingName> = [
        .minAge, .maxAge, .delimiter, .encoding, .column, .noHeader, .shortRows, .nameFormat, .asciiNames,
        .cookieFormat, .rejectSuspicious, .maxRejected, .repeats, .onlyNew,
    ]
    private static let address: Set<SettingName> = [
        .apiURL, .projectKeyFile, .insecureHTTP, .apiCA, .apiClientCert, .apiClientKey,
    ]
    private static let listener: Set<SettingName> = [
        .maxUpload, .drain, .tlsCert, .tlsKey, .listenProxies, .listenLimits,
    ]
    private static let folder: Set<SettingName> = [.watch, .pattern, .settle, .duplicates, .keepFiles]
    private static let sharedJournal: Set<SettingName> = [.journal, .journalFile, .node, .lease, .shareLimit]
    private static let upkeep: Set<SettingName> = [.minFree, .keep, .keepFailed]

    /// - Throws: `ValidationError` that names the first option without effect, and why it has none.
    func check(_ given: some Collection<SettingName>) throws {
        for name in SettingName.allCases where given.contains(name) {
            if let obstacle = obstacle(to: name) {
                throw ValidationError("--\(name.rawValue) has no effect \(obstacle)")
            }
        }
    }

    /// Why an option has no effect; `nil` when it has one.
    func obstacle(to name: SettingName) -> String? {
        if usesSandbox, Self.address.contains(name) { return "with --sandbox: the simulated API is the address." }
        if Self.listener.contains(name) {
            guard listens, work != .count else { return "without the listener. Add --listen." }
            if name == .drain, work != .service {
                return "unless the process only serves: with a file or the screen it ends by itself."
            }
        }
        switch work {
        case .retry where Self.reading.contains(name), .resume where Self.reading.contains(name):
            return "on \(work): a run keeps the options that it was read with."
        case .retry where Self.folder.contains(name), .resume where Self.folder.contains(name):
            return "on \(work): it doesn't watch a folder."
        case .service where name == .giveUpAfter: return "on a service: it never gives up."
        case .screen where name == .giveUpAfter: return "on the screen: runs wait until they are stopped there."
        case .files where Self.folder.contains(name): return "with a file. Specify either the folder or the file."
        case .count
        where name == .listen || Self.folder.contains(name) || Self.upkeep.contains(name)
            || Self.sharedJournal.contains(name):
            return "with --dry-run: nothing is stored or served."
        default: return nil
        }
    }
}
