import DeliveryEngine
import DeliveryModel
import DropFolder
import HTTPListener
import Logging
import RunHooks

/// What works beside the engine as long as this process does, whatever its face: the listener, the drop folder, the
/// settings that may change, and what lets work begin again after a fault. All of it begins and ends here, in one order.
struct Lifetime: Sendable {
    /// How the process ends.
    struct Ending: Sendable {
        /// What the runs' state says that are stopped by it.
        var reason = "the program ended"
        var mode = StopMode.finishInFlight
    }

    let connector: Connector
    /// Told of every run that ends.
    var hooks: HookRunner?
    var listener: ListenerServer?
    var folder: FolderWatch?
    /// `nil` when nothing of the settings may change.
    var live: LiveSettings?
    /// Tells a supervisor how things are.
    var notifier: ServiceNotifier?
    /// Whether there is a screen, to which SIGHUP belongs.
    var hasTerminal = false
    /// How long `/ready` says that it is stopping, while requests are served as before.
    var drain = Duration.zero
    /// Whether what was accepted is waited for before the end.
    var deliversAccepted = false

    /// Does the engine's work while `work` uses it. A part that fails ends it, too.
    /// - Parameters:
    ///   - parts: what else runs beside it.
    ///   - began: called when submissions can arrive, before what an earlier process accepted is resumed.
    ///   - ending: how the result of the work ends what still goes.
    func run<Value: Sendable>(
        beside parts: [@Sendable () async throws -> Void] = [],
        began: @escaping @Sendable () async -> Void = {},
        ending: @escaping @Sendable (Value) -> Ending = { _ in Ending() },
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await connector.run(telling: hooks) {
            // First, so that nothing has begun when the address can't be had, and a supervisor sees it alive however much
            // there is to resume.
            listener?.beginResuming()
            try await listener?.start()
            await began()
            do {
                return try await together(self.parts + parts) { try await finished(work, ending) }
            } catch {
                // After a part that failed.
                await end(Ending())
                throw error
            }
        }
    }

    /// Does the work beside the parts. When it is done, or something fails, the others are canceled.
    private func together<Value: Sendable>(
        _ parts: [@Sendable () async throws -> Void], _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            for part in parts {
                group.addTask {
                    try await part()
                    return nil
                }
            }
            group.addTask { try await work() }
            defer { group.cancelAll() }
            for try await value in group {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    /// Resumes and does the work, then ends what it began. Inlined, it crashes the optimizer of Swift 6.3.
    @inline(never)
    private func finished<Value: Sendable>(
        _ work: @Sendable () async throws -> Value, _ ending: @Sendable (Value) -> Ending
    ) async throws -> Value {
        async let resumed: Void = resume()
        let result: Result<Value, any Error>
        do {
            result = .success(try await work())
        } catch {
            result = .failure(error)
        }
        await resumed
        switch result {
        case .success(let value): await finish(ending(value))
        case .failure: await finish(Ending())
        }
        return try result.get()
    }

    private var parts: [@Sendable () async throws -> Void] {
        var parts: [@Sendable () async throws -> Void] = [{ await connector.recoverFromFaults() }]
        if let live {
            parts.append { await live.watch(connector, hasTerminal: hasTerminal, notifier: notifier) }
        }
        if let folder { parts.append { try await folder.run() } }
        if let notifier { parts.append { await notifier.report(connector.engine) } }
        return parts
    }

    /// Continues with what an earlier process accepted. A screen or a command without a listener leaves that to its
    /// operator.
    private func resume() async {
        if listener != nil || notifier != nil { await connector.resumeSubmissions() }
        listener?.endResuming()
    }

    private func finish(_ ending: Ending) async {
        if deliversAccepted {
            await listener?.stop()
            await untilDelivered()
        }
        await end(ending)
    }

    /// Waits until what was accepted, over HTTP or from another process, is delivered. Not forever: what the API does
    /// not take now continues with the next process.
    private func untilDelivered() async {
        for await snapshot in connector.engine.snapshots() {
            if snapshot.deliveryFault != nil { return }
            // Whatever was taken up to this moment is delivered; what comes later is refused and can be done elsewhere.
            if !snapshot.isDelivering, await connector.engine.closeIfDelivered() { return }
        }
    }

    /// First nobody is sent here any more, then nobody submits, then what is in flight ends. Can be called again.
    func end(_ ending: Ending) async {
        if let listener, listener.port != nil, drain > .zero {
            listener.beginDraining()
            try? await Task.sleep(for: drain)
        }
        await listener?.stop()
        await folder?.stop()
        await connector.shutDown(reason: ending.reason, mode: ending.mode)
    }
}
