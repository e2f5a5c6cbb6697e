import ArgumentParser
import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// Options of every command that delivers. They are kept as written: settings from all places are checked in one way.
struct DeliveryArguments: ParsableArguments {
    @Option(
        name: [.customLong("min-age"), .customLong("minimum"), .customLong("mi", withSingleDash: true)],
        help: ArgumentHelp("Minimum age: skip younger people (default: 18).", valueName: "years"))
    var minAge: String?

    @Option(
        name: [.customLong("max-age"), .customLong("maximum"), .customLong("ma", withSingleDash: true)],
        help: ArgumentHelp("Maximum age: skip older people (default: no limit).", valueName: "years"))
    var maxAge: String?

    @Option(help: ArgumentHelp("Named set of options in the configuration file.", valueName: "name"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "Address of the ShowAds API; https unless it is on this machine (default: API_URL).", valueName: "url"))
    var apiURL: String?

    @Option(help: ArgumentHelp("File that holds the project key (default: PROJECT_KEY).", valueName: "file"))
    var projectKeyFile: String?

    @Flag(name: .customLong("insecure-http"), help: "Allow an address without encryption.")
    var insecureHTTP = false

    @Option(
        help: ArgumentHelp(
            "Hours in which records are sent: 08:00-20:00, \"mon-fri 08:00-20:00@Europe/Prague\" (default: always).",
            valueName: "hours"))
    var window: String?

    @Option(
        help: ArgumentHelp(
            "Maximum records per day, in the window's time zone or this machine's (default: no limit).", valueName: "n")
    )
    var dailyLimit: String?

    @Option(
        help: ArgumentHelp("Time limit of one exchange with the API: 30s, 2m (default: 30s).", valueName: "duration"))
    var timeout: String?

    @Option(
        name: .customLong("api-ca"),
        help: ArgumentHelp("PEM certificates to trust besides the system's.", valueName: "file"))
    var apiCA: String?

    @Option(help: ArgumentHelp("PEM client certificate for the API.", valueName: "file"))
    var apiClientCert: String?

    @Option(help: ArgumentHelp("PEM key of the client certificate.", valueName: "file"))
    var apiClientKey: String?

    @Option(
        help: ArgumentHelp(
            "Maximum requests in flight, 1…\(PacingLimits.concurrency.upperBound) (default: \(PacingLimits.defaultConcurrency)).",
            valueName: "n"))
    var concurrency: String?

    @Option(help: ArgumentHelp("Maximum records per second (default: no limit).", valueName: "n"))
    var rate: String?

    @Option(
        help: ArgumentHelp(
            "Records per request, 1…\(ReaderOptions.batchSizes.upperBound) (default: \(ReaderOptions.defaultBatchSize)).",
            valueName: "n"))
    var batchSize: String?

    @Option(
        help: ArgumentHelp(
            "Attempts per batch before its records count as failed (default: \(PacingLimits.defaultAttempts)).",
            valueName: "n"))
    var attempts: String?

    @Option(
        help: ArgumentHelp(
            "Stop when nothing succeeds for this long: 90s, 5m (default: 5m).", valueName: "duration"))
    var giveUpAfter: String?

    @OptionGroup var reading: ReadingArguments

    @OptionGroup var hooks: HookArguments

    @Option(
        help: ArgumentHelp(
            "Stop accepting and reading data while less disk space is free (default: 256M, at most 10% of it).",
            valueName: "size"))
    var minFree: String?

    @OptionGroup var retention: RetentionArguments

    @OptionGroup var node: NodeArguments

    @OptionGroup var state: StateArguments

    var options: [SettingName: String] {
        var options = state.options
        options[.minFree] = minFree
        options[.minAge] = minAge
        options[.maxAge] = maxAge
        options[.profile] = profile
        options[.apiURL] = apiURL
        options[.projectKeyFile] = projectKeyFile
        options[.window] = window
        options[.dailyLimit] = dailyLimit
        options[.timeout] = timeout
        options[.apiCA] = apiCA
        options[.apiClientCert] = apiClientCert
        options[.apiClientKey] = apiClientKey
        options[.concurrency] = concurrency
        options[.rate] = rate
        options[.batchSize] = batchSize
        options[.attempts] = attempts
        options[.giveUpAfter] = giveUpAfter
        options.merge(reading.options) { $1 }
        if insecureHTTP { options[.insecureHTTP] = "true" }
        options.merge(hooks.options) { $1 }
        options.merge(retention.options) { $1 }
        options.merge(node.options) { $1 }
        return options
    }

    /// The option that says where to deliver, whatever the profile.
    var addressOption: SettingName? {
        if apiURL != nil { return .apiURL }
        return projectKeyFile == nil ? nil : .projectKeyFile
    }

    /// Refuses what has no effect while another process delivers.
    func refuseServiceOptions() throws {
        let given = options
        let own = Set(reading.options.keys).union(state.options.keys).union([.minAge, .maxAge, .profile])
        guard let name = SettingName.allCases.first(where: { given[$0] != nil && !own.contains($0) }) else { return }
        throw ValidationError(
            "--\(name.rawValue) has no effect: the process that uses this state directory has its own settings."
        )
    }

    func settings(adding more: [SettingName: String] = [:]) async throws -> Settings {
        try await state.settings(options: options.merging(more) { $1 })
    }
}

/// Options of every command that uses the state directory.
struct StateArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Directory of the journal, spool, rejected records, and log.", valueName: "dir"))
    var stateDir: String?

    @Option(
        help: ArgumentHelp(
            "Journal in PostgreSQL that several nodes share: postgresql://user@host/database (default: JOURNAL_URL).",
            valueName: "url"))
    var journal: String?

    @Option(
        help: ArgumentHelp(
            "File that holds the shared journal's address, which may have a password.", valueName: "file"))
    var journalFile: String?

    @Option(help: ArgumentHelp("JSON configuration file, with the options' names.", valueName: "file"))
    var config: String?

    var options: [SettingName: String] {
        var options: [SettingName: String] = [:]
        options[.stateDir] = stateDir
        options[.journal] = journal
        options[.journalFile] = journalFile
        return options
    }

    /// The configuration file that is read, whether it exists or not.
    var configurationFile: String { config ?? SettingLayers.defaultFile(ProcessInfo.processInfo.environment) }

    /// Where a service is. Other settings may be wrong by now: the service keeps those that it started with.
    func service() async -> (directory: StateDirectory, listen: ListenAddress?) {
        let environment = ProcessInfo.processInfo.environment
        let layers = await SettingLayers.tolerant(options: options, environment: environment, file: config)
        func text(_ name: SettingName) -> String? { (try? layers?.string(name)) ?? nil }
        let path = text(.stateDir).map { FilePath($0) } ?? FilePath(Settings.defaultState(environment))
        return (StateDirectory(path: path), text(.listen).flatMap { ListenAddress(argument: $0) })
    }

    func settings(options: [SettingName: String]? = nil) async throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        let layers = try await SettingLayers(options: options ?? self.options, environment: environment, file: config)
        let settings = try Settings(layers, environment: environment)
        try StateDirectory(path: settings.stateDirectory).checkAccess()
        return settings
    }
}
