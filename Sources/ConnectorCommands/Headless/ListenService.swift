import ArgumentParser
import DeliveryEngine
import DeliveryModel
import DropFolder
import Foundation
import HTTPListener
import RunHooks

/// Serves submissions and a drop folder until it is told to stop: the way to run as a service.
struct ListenService: Sendable {
    let connector: Connector
    let console: Console
    let listener: ListenerServer?
    let live: LiveSettings
    let hooks: HookRunner
    /// How long `/ready` says that it is stopping, while requests are served as before.
    let drain: Duration
    let folder: FolderWatch?
    let notifier: ServiceNotifier

    private enum End: Sendable { case ofPart, ofService }

    func serve() async throws {
        let signals = StopSignals(console: console)
        let (stopped, stop) = AsyncStream.makeStream(of: Never.self)
        try await connector.run(telling: hooks) {
            if let listener {
                // First, so that a supervisor sees it alive however much there is to resume.
                listener.beginResuming()
                try await listener.start()
                console.note("Listening on \(listener.snapshot().address)")
            }
            if let folder { console.note("Watching \(folder.snapshot().folder)") }
            await signals.began()
            notifier.ready()
            try await withThrowingTaskGroup(of: End.self) { group in
                group.addTask {
                    await live.watch(connector, notifier: notifier)
                    return .ofPart
                }
                group.addTask {
                    await connector.resumeSubmissions()
                    listener?.endResuming()
                    await connector.recoverFromFaults()
                    return .ofPart
                }
                group.addTask {
                    await notifier.report(connector.engine)
                    return .ofPart
                }
                if let folder {
                    group.addTask {
                        try await folder.run()
                        return .ofPart
                    }
                }
                group.addTask {
                    await signals.watch { _ in
                        notifier.stopping()
                        await end()
                        stop.finish()
                    }
                    return .ofPart
                }
                group.addTask {
                    for await _ in stopped {}
                    return .ofService
                }
                defer { group.cancelAll() }
                // A part that fails ends the service.
                for try await end in group where end == .ofService { return }
            }
        }
        throw ExitCode(128 + (await signals.received ?? 0))
    }

    /// First nobody is sent here any more, then nobody submits, then what is in flight ends.
    private func end() async {
        if let listener, drain > .zero {
            listener.beginDraining()
            try? await Task.sleep(for: drain)
        }
        await listener?.stop()
        await folder?.stop()
        await connector.shutDown(reason: "the service ended")
    }
}
