public import DeliveryModel
import Foundation
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Takes records and files over HTTP and hands them to the engine, as soon as they are durable.
///
/// It can be started and stopped many times; its figures continue. When it stops it accepts nothing new, answers what waits
/// for an outcome with how things stand, and lets the requests that are being received end within
/// `ListenerLimits.shutdownGrace`.
public final class ListenerServer: ListenerControl {
    private enum State {
        case off
        case starting
        case listening(Listening)
        case stopping
        case failed(String)
    }

    private struct Listening {
        var port: Int
        var server: Server<ListenerChannel>
        var task: Task<Void, Never>
    }

    private let configuration: ListenerConfiguration
    private let service: any ListenerDelivery
    private let idempotency: any IdempotencyStore
    private let readiness: any ReadinessProbe
    private let totals: any DeliveryTotalsSource
    private let logger: Logger
    private let control: ControlRoutes?
    private let clearsSpool: Bool
    let statistics = ListenerStatistics()
    private let registry: ConnectionRegistry
    private let authorization: Authorization
    private let phase = ListenerPhase(.serving)
    private let identity = Mutex<TLSIdentity?>(nil)
    private let state = Mutex(State.off)
    private let version: String

    /// - Parameters:
    ///   - clearsSpool: whether uploads that an earlier process did not finish are removed at the start.
    ///   - process: what a control socket speaks for; `nil` for a listener.
    ///   - version: the program's, for a control socket and metrics.
    public init(
        configuration: ListenerConfiguration, service: any ListenerDelivery, idempotency: any IdempotencyStore,
        readiness: any ReadinessProbe, totals: any DeliveryTotalsSource, logger: Logger, clearsSpool: Bool = true,
        controlling process: ControlledProcess? = nil, version: String = ""
    ) {
        self.clearsSpool = clearsSpool
        self.version = version
        control = process.map { process in
            ControlRoutes(
                process: process, version: version, spoolDirectory: configuration.spoolDirectory,
                checkRoom: configuration.checkRoom)
        }
        self.configuration = configuration
        self.service = service
        self.idempotency = idempotency
        self.readiness = readiness
        self.totals = totals
        self.logger = logger
        authorization = Authorization(tokens: configuration.tokens)
        registry = ConnectionRegistry(limits: configuration.limits, proxies: configuration.proxies)
    }

    /// The port that is listened on; `nil` while none is.
    public var port: Int? {
        state.withLock { state in
            if case .listening(let listening) = state { listening.port } else { nil }
        }
    }

    public func snapshot() -> ListenerSnapshot {
        let totals = statistics.read()
        let (shown, port) = state.withLock { state -> (ListenerSnapshot.State, Int) in
            switch state {
            case .off, .stopping: (.off, configuration.port)
            case .starting: (.starting, configuration.port)
            case .listening(let listening): (.listening, listening.port)
            case .failed(let reason): (.failed(reason), configuration.port)
            }
        }
        return ListenerSnapshot(
            state: shown, address: configuration.address(port: port), authorization: configuration.authorizationText,
            openConnections: registry.openConnections, requests: totals.routeCounts,
            submissions: totals.newestSubmissions)
    }

    // MARK: Start

    /// - Throws: `configuration` when the address can't be bound or the spool can't be used.
    public func start() async throws(DeliveryError) {
        let mayStart = state.withLock { state in
            switch state {
            case .off, .failed:
                state = .starting
                return true
            case .starting, .listening, .stopping: return false
            }
        }
        guard mayStart else { throw DeliveryError(.conflict, "The listener is already running.") }
        do {
            try prepareSpool()
            // Before anybody can connect: without it, everything would be said in plain text.
            if let files = configuration.tls {
                let first = try TLSIdentity(files)
                identity.withLock { $0 = first }
            }
            if phase.current == .stopping { phase.becomes(.serving) }
            let listening = try await listen()
            state.withLock { $0 = .listening(listening) }
        } catch {
            let fault =
                error as? DeliveryError
                ?? DeliveryError(.configuration, BindFault.describe(error, configuration))
            state.withLock { $0 = .failed(fault.message) }
            throw fault
        }
    }

    private func prepareSpool() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: configuration.spoolDirectory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            if clearsSpool { try SpoolFile.removeUnfinished(in: configuration.spoolDirectory) }
        } catch {
            throw DeliveryError(
                .configuration, "The spool \(configuration.spoolDirectory) can't be used: \(error.localizedDescription)"
            )
        }
    }

    private func listen() async throws -> Listening {
        let eventLoopGroup = MultiThreadedEventLoopGroup.singleton
        let (ports, port) = AsyncThrowingStream<Int, any Error>.makeStream()
        let server = Server(
            childChannelSetup: ListenerChannel(
                responder: makeResponder(), registry: registry, log: log, limits: configuration.limits,
                identity: { [self] in identity.withLock { $0 } }, isControl: control != nil,
                eventLoopGroup: eventLoopGroup),
            configuration: ServerConfiguration(
                address: configuration.socket.map { .unixDomainSocket(path: $0) }
                    ?? .hostname(configuration.host, port: configuration.port), backlog: 1024),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
            eventLoopGroup: eventLoopGroup, logger: logger)
        // Detached: it ends when `stop` says so, after what it was started for has been answered.
        let task = Task.detached {
            do {
                try await server.run()
                port.finish()
            } catch {
                port.finish(throwing: error)
            }
        }
        for try await port in ports {
            return Listening(port: port, server: server, task: task)
        }
        throw DeliveryError(.configuration, "The listener stopped before it had started.")
    }

    private var log: AccessLog { AccessLog(statistics: statistics, logger: logger) }

    private func makeResponder() -> ListenerResponder {
        let limits = configuration.limits
        let answers = IdempotentAnswers(store: idempotency, registry: registry)
        let unknown: KnownNames.Unknown = configuration.ignoresUnknownFields ? .ignored : .refused
        let bulk = BulkRoute(
            runs: service, defaults: configuration.defaults, limits: limits, idempotency: answers,
            receiver: UploadReceiver(
                directory: configuration.spoolDirectory, limits: limits, threads: .singleton,
                statistics: statistics, unknown: unknown, checkRoom: configuration.checkRoom),
            registry: registry, unknown: unknown)
        return ListenerResponder(
            origins: OriginPolicy(configuration), proxies: configuration.proxies, authorization: authorization,
            single: SingleRecordRoute(
                intake: service, defaults: configuration.defaults, limits: limits, idempotency: answers,
                registry: registry, statistics: statistics, bulk: bulk, unknown: unknown),
            bulk: bulk,
            runs: RunRoutes(
                service: service, runsDirectory: configuration.runsDirectory, idempotency: answers),
            health: HealthRoutes(engine: service, probe: readiness, phase: phase),
            metrics: MetricsRoute(
                engine: service, totals: totals, statistics: statistics, registry: registry, limits: limits,
                version: version),
            control: control, registry: registry, log: log)
    }

    /// From now on these tokens count, and the certificate is read again. A certificate that can't be used keeps no token
    /// that was taken back.
    /// - Throws: `DeliveryError` with `configuration`; what it names has not changed.
    public func renew(tokens: [ListenerToken]) throws(DeliveryError) {
        guard !tokens.isEmpty || configuration.tokens.isEmpty else {
            throw DeliveryError(
                .configuration,
                "The old tokens and certificate stay in use: at least one token is required, since without one the "
                    + "listener would be open to everyone.")
        }
        authorization.replace(with: tokens)
        try identity.withLock { identity throws(DeliveryError) in
            guard let files = configuration.tls else { return }
            do throws(DeliveryError) {
                identity = try TLSIdentity(files)
            } catch {
                throw DeliveryError(
                    .configuration, "The tokens were read again; the old certificate stays in use: \(error.message)")
            }
        }
    }

    // MARK: Phases

    /// Says on `/ready` that what an earlier process accepted is still being resumed. Requests are served already.
    public func beginResuming() { phase.becomes(.starting) }

    public func endResuming() {
        if phase.current == .starting { phase.becomes(.serving) }
    }

    /// Says on `/ready` that it will stop, so that nobody is sent here any more. Requests are served as before.
    public func beginDraining() { phase.becomes(.stopping) }

    // MARK: Stop

    public func stop() async {
        let listening = state.withLock { state -> Listening? in
            guard case .listening(let listening) = state else { return nil }
            state = .stopping
            return listening
        }
        guard let listening else { return }
        phase.becomes(.stopping)
        registry.interruptAll()
        let grace = configuration.limits.shutdownGrace
        await withTaskGroup { group in
            group.addTask {
                try? await listening.server.shutdownGracefully()
                await listening.task.value
            }
            group.addTask {
                try? await Task.sleep(for: grace)
                listening.task.cancel()
            }
            await group.next()
            group.cancelAll()
        }
        state.withLock { $0 = .off }
    }
}
