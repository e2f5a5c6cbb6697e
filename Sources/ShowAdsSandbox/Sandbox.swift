public import DeliveryModel
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// A simulated ShowAds API with a ledger of what it applied, for demonstrations and as the server of the tests.
///
/// It checks requests strictly, answers at first like a healthy API, and does wrong what `behavior` says; that can be
/// changed while it runs. Besides the API's three paths it serves `GET /__stats`, `GET /__cookies`, `POST /__reset` and
/// `POST /__faults`.
public final class Sandbox: SimulatedAPIControl, Sendable {
    private struct State {
        var core: SandboxCore
        var waiters: [Int: Waiter] = [:]
        var waiterCount = 0
        var server: Task<Void, any Error>?
    }

    private struct Waiter {
        var condition: @Sendable (SandboxStatistics) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - seed: of everything random; the same seed makes the same faults.
    ///   - cookieCapacity: distinct cookies that are remembered, some 100 bytes each; further ones are only counted.
    public init(_ behavior: SandboxBehavior = SandboxBehavior(), seed: UInt64 = 1, cookieCapacity: Int = 1_000_000) {
        state = Mutex(State(core: SandboxCore(behavior, seed: seed, cookieCapacity: cookieCapacity)))
    }

    public convenience init(faults: SimulatedFaults, seed: UInt64 = 1, cookieCapacity: Int = 1_000_000) {
        self.init(SandboxBehavior(faults: faults), seed: seed, cookieCapacity: cookieCapacity)
    }

    // MARK: Serving

    /// Serves until the task is canceled or its service group shuts down.
    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - onListening: is told the port.
    /// - Throws: `DeliveryError` of code `configuration` when the address can't be used.
    public func run(
        host: String = "127.0.0.1", port: Int = 0, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        let application = Application(
            responder: SandboxResponder(self),
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [ConnectionObserver { [self] in withCore { $0.ledger.opened() } }])),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { await onListening($0.localAddress?.port ?? port) },
            logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() })
        do {
            try await application.run()
        } catch let error as IOError {
            let why = error.errnoCode == EADDRINUSE ? "the port is in use" : String(cString: strerror(error.errnoCode))
            throw DeliveryError(
                .configuration, "The sandbox can't listen on \(host):\(port): \(why). Choose another with --port.")
        }
    }

    /// Serves in the background until `stop`.
    /// - Returns: the port.
    public func start(host: String = "127.0.0.1", port: Int = 0) async throws -> Int {
        let (ports, continuation) = AsyncThrowingStream<Int, any Error>.makeStream()
        // The lifetime of this task is the caller's: from here to `stop`.
        let server = Task {
            do {
                try await run(host: host, port: port) { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
                throw error
            }
        }
        state.withLock { $0.server = server }
        for try await port in ports { return port }
        throw CancellationError()
    }

    /// Ends what `start` began; requests in flight are cut.
    public func stop() async {
        let server = state.withLock { state in
            defer { state.server = nil }
            return state.server
        }
        server?.cancel()
        _ = await server?.result
    }

    // MARK: Behavior

    public var behavior: SandboxBehavior { state.withLock { $0.core.behavior } }
    public var faults: SimulatedFaults { behavior.faults }
    public func setFaults(_ faults: SimulatedFaults) { update { $0.faults = faults } }

    public func update(_ change: (inout SandboxBehavior) -> Void) { withCore { change(&$0.behavior) } }

    /// From now on the present token is refused.
    public func expireToken() { withCore { $0.expireToken() } }

    // MARK: Ledger

    public var statistics: SandboxStatistics { state.withLock { $0.core.ledger.statistics } }

    /// How often each cookie was applied.
    public var cookies: [String: Int] { state.withLock { $0.core.ledger.cookies } }

    /// Forgets what was applied and counted.
    public func reset() { withCore { $0.reset() } }

    /// Waits until the statistics fulfill the condition, or the task is canceled.
    public func until(_ condition: @escaping @Sendable (SandboxStatistics) -> Bool) async {
        let id = state.withLock { state in
            state.waiterCount += 1
            return state.waiterCount
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if Task.isCancelled || condition(state.core.ledger.statistics) { return true }
                    state.waiters[id] = Waiter(condition: condition, continuation: continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    func withCore<Value: Sendable>(_ body: (inout SandboxCore) -> Value) -> Value {
        let (value, fulfilled) = state.withLock { state in
            let value = body(&state.core)
            let fulfilled = state.waiters.filter { $0.value.condition(state.core.ledger.statistics) }
            for id in fulfilled.keys { state.waiters[id] = nil }
            return (value, fulfilled)
        }
        for waiter in fulfilled.values { waiter.continuation.resume() }
        return value
    }
}
