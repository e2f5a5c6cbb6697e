import ArgumentParser
import DeliveryEngine
import DeliveryModel
import Foundation
import HTTPListener
import RunHooks

/// Serves submissions until it is told to stop: the container's way to run.
struct ListenService: Sendable {
    let connector: Connector
    let console: Console
    let listener: HTTPListener
    let live: LiveSettings
    let hooks: RunHooks
    /// How long `/ready` says that it is stopping, while requests are served as before.
    let drain: Duration

    func serve() async throws {
        let signals = StopSignals(console: console)
        let (stopped, stop) = AsyncStream.makeStream(of: Never.self)
        try await connector.run(telling: hooks) {
            // First, so that a supervisor sees it alive however much there is to resume.
            listener.beginResuming()
            try await listener.start()
            console.note("Listening on \(listener.snapshot().address)")
            await signals.began()
            await withTaskGroup { group in
                group.addTask { await live.watch(connector) }
                group.addTask {
                    await connector.resumeSubmissions()
                    listener.endResuming()
                    await connector.recoverFromFaults()
                }
                group.addTask {
                    await signals.watch { _ in
                        // First nobody is sent here any more, then nobody submits, then what is in flight ends.
                        if drain > .zero {
                            listener.beginDraining()
                            try? await Task.sleep(for: drain)
                        }
                        await listener.stop()
                        await connector.engine.shutDown(reason: "the service ended")
                        stop.finish()
                    }
                }
                for await _ in stopped {}
                group.cancelAll()
            }
        }
        throw ExitCode(128 + (await signals.received ?? 0))
    }
}
