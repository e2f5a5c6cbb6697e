public import DeliveryModel
import Foundation
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Takes records and files over HTTP and hands them to the engine, as soon as they are durable.
///
/// It can be started and stopped many times; its figures go on. When it stops it accepts nothing new, answers what waits
/// for an outcome with how things stand, and lets the requests that are being received end within
/// `ListenerLimits.shutdownGrace`.
public final class HTTPListener: ListenerControl {
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
        var responder: ListenerResponder
        var task: Task<Void, Never>
    }

    private let configuration: ListenerConfiguration
    private let service: any DeliveryService
    private let idempotency: any IdempotencyStore
    private let readiness: any ReadinessProbe
    private let totals: any DeliveryTotalsSource
    private let logger: Logger
    private let statistics = ListenerStatistics()
    private let registry: ConnectionRegistry
    private let state = Mutex(State.off)

    public init(
        configuration: ListenerConfiguration, service: any DeliveryService, idempotency: any IdempotencyStore,
        readiness: any ReadinessProbe, totals: any DeliveryTotalsSource, logger: Logger
    ) {
        self.configuration = configuration
        self.service = service
        self.idempotency = idempotency
        self.readiness = readiness
        self.totals = totals
        self.logger = logger
        registry = ConnectionRegistry(
            maximumActive: configuration.limits.activeRequests, maximumOpen: configuration.limits.openConnections)
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

    /// - Throws: `DeliveryError` with `configuration` when the address can't be bound or the spool can't be used.
    public func start() async throws {
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
            let listening = try await listen()
            state.withLock { $0 = .listening(listening) }
        } catch {
            let fault =
                error as? DeliveryError
                ?? DeliveryError(
                    .configuration, "Can't listen on \(configuration.host):\(configuration.port): \(error)")
            state.withLock { $0 = .failed(fault.message) }
            throw fault
        }
    }

    private func prepareSpool() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: configuration.spoolDirectory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try SpoolFile.removeUnfinished(in: configuration.spoolDirectory)
        } catch {
            throw DeliveryError(
                .configuration, "The spool \(configuration.spoolDirectory) can't be used: \(error.localizedDescription)"
            )
        }
    }

    private func listen() async throws -> Listening {
        let eventLoopGroup = MultiThreadedEventLoopGroup.singleton
        let responder = makeResponder()
        let (ports, port) = AsyncThrowingStream<Int, any Error>.makeStream()
        let server = Server(
            childChannelSetup: ListenerChannel(
                responder: responder, registry: registry, statistics: statistics, limits: configuration.limits,
                eventLoopGroup: eventLoopGroup),
            configuration: ServerConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1024),
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
            return Listening(port: port, server: server, responder: responder, task: task)
        }
        throw DeliveryError(.configuration, "The listener ended before it began.")
    }

    private func makeResponder() -> ListenerResponder {
        let limits = configuration.limits
        let answers = IdempotentAnswers(store: idempotency)
        let bulk = BulkSubmissions(
            service: service, defaults: configuration.defaults, limits: limits, idempotency: answers,
            receiver: UploadReceiver(
                directory: configuration.spoolDirectory, limits: limits, threads: .singleton, statistics: statistics),
            registry: registry)
        return ListenerResponder(
            origins: OriginPolicy(configuration), authorization: Authorization(token: configuration.token),
            single: SingleSubmissions(
                service: service, defaults: configuration.defaults, limits: limits, idempotency: answers),
            bulk: bulk, runs: RunRoutes(service: service), health: HealthRoutes(service: service, probe: readiness),
            metrics: MetricsRoute(
                service: service, totals: totals, statistics: statistics, registry: registry, bulk: bulk),
            statistics: statistics, logger: logger)
    }

    // MARK: Stop

    public func stop() async {
        let listening = state.withLock { state -> Listening? in
            guard case .listening(let listening) = state else { return nil }
            state = .stopping
            return listening
        }
        guard let listening else { return }
        listening.responder.stop()
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
