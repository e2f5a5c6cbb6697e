import DeliveryEngine
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Logging
import ShowAdsAPI

#if PostgreSQL
import SharedJournal
#endif

/// The journal that the settings name, as this process opened it.
struct OpenedJournal: Sendable {
    enum Use: Hashable, Sendable {
        /// - Parameter serves: whether the process continues what others left behind.
        /// - Parameter waits: whether it begins without a shared journal that is away.
        case delivering(serves: Bool, waits: Bool = false)
        case looking
    }

    let store: any DurableStore
    /// As whom this process stands in its runs.
    let owner: RunOwner
    private let closing: @Sendable () -> Void
    /// Shows the nodes that share it; `nil` when it is this process' own.
    let nodes: (any NodesControl)?
    #if PostgreSQL
    let shared: PostgresJournal?
    private let shownNodes: ShownNodes?
    #endif

    init(_ settings: Settings, _ directory: StateDirectory, _ use: Use) async throws(DeliveryError) {
        #if PostgreSQL
        if let address = settings.journal.address {
            owner = RunOwner(node: settings.journal.node, instance: RunOwner.current.instance)
            let role: PostgresJournal.Role =
                switch use {
                case .looking: .looking
                case .delivering(let serves, _):
                    .delivering(
                        NodeIdentity(
                            name: settings.journal.node, version: DataConnectorCommand.version,
                            instance: owner.instance, lease: settings.journal.lease, serves: serves,
                            shareLimit: settings.journal.shareLimit,
                            given: GivenLimits(
                                concurrency: settings.givenConcurrency, rate: settings.rate,
                                dailyLimit: settings.dailyLimit, window: settings.window?.zonedText)))
                }
            var waits = false
            if case .delivering(_, let canWait) = use { waits = canWait }
            let journal = try await PostgresJournal(address, directory, role, waits: waits)
            (shared, store, closing) = (journal, journal, { journal.close() })
            let shown = ShownNodes()
            (shownNodes, nodes) = (shown, shown)
            return
        }
        (shared, shownNodes) = (nil, nil)
        #endif
        nodes = nil
        owner = .current
        let journal = try Journal(directory, readOnly: use == .looking)
        store = journal
        closing = { journal.close() }
    }

    /// Opens it to change what is stored, which nobody else does until `body` has ended.
    /// - Throws: `DeliveryError` when another process delivers from the state directory, and what `body` throws.
    static func changing<Value: Sendable>(
        _ settings: Settings, _ directory: StateDirectory, _ body: (OpenedJournal) async throws -> Value
    ) async throws -> Value {
        try directory.create()
        let lock = try StateDirectoryLock(directory)
        defer { withExtendedLifetime(lock) {} }
        let opened = try await OpenedJournal(settings, directory, .delivering(serves: false))
        defer { opened.close() }
        let value = try await body(opened)
        await opened.leave()
        return value
    }

    /// Whether several processes share it.
    var isShared: Bool {
        #if PostgreSQL
        shared != nil
        #else
        false
        #endif
    }

    /// Ends all work on it; later calls throw.
    func close() { closing() }

    /// Gives up what this process owns, so that others can continue it.
    func leave() async {
        #if PostgreSQL
        await shared?.leave()
        #endif
    }

    /// The API, asked only while no other process can have taken over.
    @Sendable func guarding(_ api: any BannerAPI) -> any BannerAPI {
        #if PostgreSQL
        if let shared { return LeasedAPI(api, shared) }
        #endif
        return api
    }

    func nodeFigures() async -> NodeFigures? {
        #if PostgreSQL
        await shared?.figures()
        #else
        nil
        #endif
    }

    /// The token that this process shares with others; `nil` when it has one of its own.
    func vault(_ endpoint: APIEndpoint, key: String) -> (any TokenVault)? {
        #if PostgreSQL
        if let shared {
            return JournalTokenVault(token: SharedToken(shared, api: endpoint.address, key: key))
        }
        #endif
        return nil
    }

    /// Lets commits fail that wait for a shared journal which is away, until the task is canceled.
    func giveUpWaiting(after patience: Duration) async {
        #if PostgreSQL
        while let shared, (try? await Task.sleep(for: patience)) != nil {
            if shared.absence != nil { shared.giveUp() }
        }
        #endif
    }

    /// Keeps this process' place among the others while `body` works, and gives it up then.
    func serving<Value: Sendable>(
        _ engine: Engine, _ directory: StateDirectory, _ logger: Logger, _ body: () async throws -> Value
    ) async throws -> Value {
        #if PostgreSQL
        if let shared {
            async let _ = shared.serve(EngineNodeWork(engine: engine), logger: logger)
            async let _: Void? = shownNodes?.run(shared)
            do {
                let value = try await body()
                await shared.leave()
                return value
            } catch {
                await shared.leave()
                throw error
            }
        }
        #endif
        return try await body()
    }
}
