import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI
import ShowAdsSandbox
import SystemPackage

/// The program's parts, put together from its settings: one state directory, one journal, one engine.
struct Connector: Sendable {
    let settings: Settings
    let directory: StateDirectory
    let engine: Engine
    let journal: any DurableStore
    /// The journal as this process opened it.
    private let opened: OpenedJournal
    let log: ConnectorLog
    let sandbox: Sandbox?
    /// What is said of the HTTP listener on the control socket.
    let shownListener = ShownListener()
    /// What is said there of the drop folder.
    let shownFolder = ShownFolder()
    /// Held as long as this process may deliver.
    private let lock: StateDirectoryLock

    /// - Parameters:
    ///   - giveUpAfter: when runs without success are stopped; `nil` is never.
    ///   - isService: whether the process serves until it is told to stop, and its runs wait for the end of faults.
    ///   - requiresAPI: whether a missing address or key is an error, or can be given later.
    init(
        _ settings: Settings, log: ConnectorLog, useSandbox: Bool, giveUpAfter: Duration?, isService: Bool = false,
        requiresAPI: Bool = true
    ) async throws {
        self.settings = settings
        self.log = log
        let address = try useSandbox ? nil : Self.address(settings, isRequired: requiresAPI)
        try DescriptorLimit.check(concurrency: settings.concurrency)
        directory = StateDirectory(path: settings.stateDirectory)
        try directory.create()
        lock = try StateDirectoryLock(directory)
        log.open(directory.log)
        opened = try await OpenedJournal(
            settings, directory, .delivering(serves: isService || !requiresAPI, waits: isService))
        journal = opened.store
        // What is away can't be asked, and holds nothing back.
        let isThere = journal.absence == nil
        if isThere { try await Self.clearSpool(directory, journal) }
        let bound = try useSandbox ? SandboxAPI.address : address.map { try Self.endpoint($0.url, settings).address }
        var pausedUntil: Date?
        if let bound, isThere { pausedUntil = try await journal.requestedPause(of: bound) }
        // A client has to be shut down once it exists, so nothing that follows throws.
        var api: (any BannerAPI)?
        if useSandbox {
            let sandbox = Sandbox(faults: Sandbox.demonstration, cookieCapacity: 100_000)
            let port = try await sandbox.start()
            self.sandbox = sandbox
            api = SandboxAPI(
                try ShowAdsClient(
                    endpoint: try APIEndpoint("http://127.0.0.1:\(port)"), key: try ProjectKey("sandbox"),
                    maximumConnections: PacingLimits.concurrency.upperBound,
                    requestTimeout: settings.connection.timeout))
        } else {
            sandbox = nil
            let opened = opened
            api = try address.map { try Self.client($0.url, key: $0.key, settings, sharing: opened) }
        }
        api = api.map(opened.guarding)
        engine = Engine(
            directory: directory, journal: journal, api: api, pausedUntil: pausedUntil,
            configuration: EngineConfiguration(
                concurrency: settings.concurrency, rate: settings.rate, attempts: settings.attempts,
                giveUpAfter: giveUpAfter, unsentDirectory: settings.unsentDirectory, owner: opened.owner,
                profile: settings.profile,
                minimumFree: settings.minimumFree, isService: isService, batchSize: settings.givenBatchSize,
                window: settings.window, dailyLimit: settings.dailyLimit, retention: settings.retention.policy,
                storeKnowsOwners: opened.isShared),
            logger: log.logger("engine", level: settings.logLevel),
            connect: Self.connect(settings, sharing: opened))
    }

    /// Whether other processes continue what this one leaves behind, and this one what they do.
    var isShared: Bool { opened.isShared }

    /// Shows the nodes that share the journal; `nil` without a shared one.
    var nodes: (any NodesControl)? { opened.nodes }

    /// How the nodes do; `nil` without a shared journal.
    @Sendable func nodeFigures() async -> NodeFigures? { await opened.nodeFigures() }

    /// Makes clients for addresses that the operator types.
    static func connect(
        _ settings: Settings, sharing opened: OpenedJournal
    ) -> APIConnector {
        { url, typed throws(DeliveryError) in
            let key = typed.isEmpty ? settings.projectKey ?? "" : typed
            return opened.guarding(try client(url, key: key, settings, sharing: opened))
        }
    }

    /// Makes clients for the addresses of another profile.
    func connect(_ settings: Settings) -> APIConnector { Self.connect(settings, sharing: opened) }

    /// Does the engine's work while `body` uses it, then stops what still goes.
    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await engine.run()
                return nil
            }
            group.addTask {
                async let _ = MemoryUpkeep.run()
                return try await opened.serving(engine, directory, log.logger("nodes", level: settings.logLevel)) {
                    let control = await startControl()
                    do {
                        let value = try await body()
                        await control?.stop()
                        await shutDown(reason: "the program ended")
                        return value
                    } catch {
                        await control?.stop()
                        await shutDown(reason: "the program ended")
                        throw error
                    }
                }
            }
            defer { opened.close() }
            var result: Value?
            for try await value in group {
                if let value { result = value }
            }
            await sandbox?.stop()
            guard let result else { throw CancellationError() }
            return result
        }
    }

    /// Stops every run, and ends the engine's work. A shared journal that is away is waited for only as long as
    /// supervisors wait: what it did not take is then as after a crash.
    func shutDown(reason: String, mode: StopMode = .finishInFlight) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await opened.giveUpWaiting(after: .seconds(9)) }
            await engine.shutDown(reason: reason, mode: mode)
            group.cancelAll()
        }
    }

    /// Removes copies of standard input and uploads that no run needs: their process died before the run began.
    private static func clearSpool(_ directory: StateDirectory, _ journal: any DurableStore) async throws {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.spool.string)) ?? []
        let copies = files.filter(SpoolName.isSource)
        guard !copies.isEmpty else { return }
        let needed = try await journal.spooledFiles()
        for name in copies where !needed.contains(name) { unlink(directory.spool.appending(name).string) }
    }

    static func client(
        _ url: String, key: String, _ settings: Settings, sharing opened: OpenedJournal? = nil
    ) throws(DeliveryError) -> any BannerAPI {
        let endpoint = try endpoint(url, settings)
        return try ShowAdsClient(
            endpoint: endpoint, key: try ProjectKey(key), maximumConnections: PacingLimits.concurrency.upperBound,
            requestTimeout: settings.connection.timeout, proxies: settings.connection.proxies,
            tlsFiles: settings.connection.tlsFiles, vault: opened?.vault(endpoint, key: key))
    }

    static func endpoint(_ url: String, _ settings: Settings) throws(DeliveryError) -> APIEndpoint {
        do throws(DeliveryError) {
            return try APIEndpoint(url, allowsInsecureHTTP: settings.insecureHTTP)
        } catch {
            guard error == APIEndpoint.unencrypted else { throw error }
            throw DeliveryError(
                .configuration, "The API's address is not encrypted. Use https, or allow http with --insecure-http.")
        }
    }

    /// Address and key, checked; `nil` when one of them may still be given later.
    private static func address(_ settings: Settings, isRequired: Bool) throws -> (url: String, key: String)? {
        guard isRequired || (settings.apiURL != nil && settings.projectKey != nil) else { return nil }
        return try requiredAddress(settings)
    }

    static func requiredAddress(_ settings: Settings) throws(DeliveryError) -> (url: String, key: String) {
        let url = try required(settings.apiURL, .apiURL)
        let key = try required(settings.projectKey, .projectKey)
        _ = try endpoint(url, settings)
        _ = try ProjectKey(key)
        return (url, key)
    }

    private static func required(_ value: String?, _ name: SettingName) throws(DeliveryError) -> String {
        if let value { return value }
        throw DeliveryError(
            .configuration, "Environment variable \(name.environmentVariable ?? name.rawValue) not found.")
    }
}
