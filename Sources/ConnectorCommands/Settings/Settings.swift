import ArgumentParser
import CustomerRecords
import DeliveryModel
import DropFolder
import Foundation
import SystemPackage

/// Everything that can be set, checked, with its default.
struct Settings: Sendable {
    /// The named set of options that was asked for.
    var profile: String?
    /// All that the configuration file has.
    var profiles: [ProfileSettings]
    var apiURL: String?
    var projectKey: String?
    var insecureHTTP: Bool
    /// The way to the API.
    var connection: ConnectionSettings
    /// How sources are read, and whose records are sent.
    var reading: ReaderOptions
    /// `nil` when nobody says.
    var givenConcurrency: Int?
    var concurrency: Int { givenConcurrency ?? PacingLimits.defaultConcurrency }
    /// Records in a request of a run that is retried or resumed; `nil` when nobody says.
    var givenBatchSize: Int?
    var rate: Int?
    var attempts: Int
    var giveUpAfter: Duration
    /// When records may be sent; `nil` is always.
    var window: SendWindow?
    /// Maximum records per day; `nil` means no limit.
    var dailyLimit: Int?
    var stateDirectory: FilePath
    var journal: JournalSettings
    var unsentDirectory: FilePath
    /// Options of this command to repeat in a suggested `resume` or `retry`, as they are typed.
    var repeatedOptions: String
    /// Those of them that say where the runs are.
    var repeatedStateOptions: String
    /// Bytes of the disk that are kept free; `nil` is the default.
    var minimumFree: Int?
    var retention: RetentionSettings
    var logLevel: LogLevel
    var listen: ListenAddress?
    var listener: ListenerSettings
    var hooks: HookSettings
    /// The drop folder.
    var watched: FolderSettings?

    init(_ layers: SettingLayers, environment: [String: String]) throws {
        profile = layers.profile
        repeatedOptions = RepeatedOptions.text(layers.options, configuration: layers.file)
        repeatedStateOptions = RepeatedOptions.text(
            layers.options, configuration: layers.file, of: RepeatedOptions.place)
        profiles = layers.profiles
        apiURL = try layers.string(.apiURL)
        projectKey = try Self.key(layers)
        insecureHTTP = try layers.flag(.insecureHTTP)
        connection = try ConnectionSettings(layers, environment: environment)
        reading = try ReaderOptions(layers)
        givenBatchSize = try layers.integer(.batchSize, in: ReaderOptions.batchSizes)
        givenConcurrency = try layers.integer(.concurrency, in: PacingLimits.concurrency)
        rate = try layers.integer(.rate, in: 1...(.max))
        attempts = try layers.integer(.attempts, in: PacingLimits.attempts) ?? PacingLimits.defaultAttempts
        giveUpAfter =
            try layers.parse(.giveUpAfter, "a duration such as 90s, 5m or 1h", Duration.init(argument:))
            ?? .seconds(300)
        window = try layers.parse(
            .window, "hours such as 08:00-20:00 or mon-fri 08:00-20:00@Europe/Prague",
            { SendWindow(argument: $0) })
        dailyLimit = try layers.integer(.dailyLimit, in: 1...(.max))
        stateDirectory = FilePath(try layers.string(.stateDir) ?? Self.defaultState(environment))
        journal = try JournalSettings(layers)
        unsentDirectory =
            try layers.string(.failedRecordsDir).map { FilePath($0) } ?? stateDirectory.appending("unsent")
        minimumFree = try layers.parse(.minFree, "a size such as 500M or 2G", Self.bytes)
        retention = try RetentionSettings(layers)
        logLevel = try layers.string(.logLevel).map(LogLevel.init(argument:)) ?? .warning
        listen = try layers.parse(
            .listen, "a port, or an address and a port: 5000, 127.0.0.1:5000", ListenAddress.init(argument:))
        listener = try ListenerSettings(layers)
        hooks = try HookSettings(layers)
        watched = try WatchSettings.folder(layers)
        watched?.keepDelivered = retention.files
    }

    /// Reads `1000`, `64K`, `500M`, `2G`.
    static func bytes(_ text: String) -> Int? {
        let units: [(suffix: String, shift: Int)] = [("K", 10), ("M", 20), ("G", 30), ("", 0)]
        for unit in units where text.uppercased().hasSuffix(unit.suffix) {
            guard let number = Int(text.dropLast(unit.suffix.count)), number > 0, number < 1 << (62 - unit.shift) else {
                continue
            }
            return number << unit.shift
        }
        return nil
    }

    /// The key of the file comes before that of the environment, since it stands on the command line or in a file that
    /// was chosen.
    private static func key(_ layers: SettingLayers) throws -> String? {
        guard let (path, place) = try keyFile(layers) else { return try layers.string(.projectKey) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(place): \(path) can't be read.")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// A profile that holds a key holds the one that counts, unless an option names another.
    private static func keyFile(_ layers: SettingLayers) throws -> (value: String, place: String)? {
        if layers.profile != nil, let first = try layers.first(of: [.projectKeyFile, .projectKey]) {
            return first.name == .projectKeyFile ? (first.value, first.place) : nil
        }
        return try layers.text(.projectKeyFile)
    }

    static func defaultState(_ environment: [String: String]) -> String {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let base = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.local/state"
        return "\(base)/data-connector"
    }
}

extension Duration {
    /// Reads `90`, `90s`, `500ms`, `5m`, `2h`, `90d`; `nil` for anything else and for nothing.
    init?(argument: String) {
        let units: [(suffix: String, seconds: Double)] = [
            ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("", 1),
        ]
        for unit in units where argument.hasSuffix(unit.suffix) {
            guard let number = Double(argument.dropLast(unit.suffix.count)), number > 0, number < 1e8 else { continue }
            self = .seconds(number * unit.seconds)
            return
        }
        return nil
    }
}
