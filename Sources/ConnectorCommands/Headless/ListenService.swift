import ArgumentParser
import DeliveryModel
import DropFolder
import HTTPListener

/// Serves submissions and a drop folder until it is told to stop: the way to run as a service.
struct ListenService: Sendable {
    let lifetime: Lifetime
    let console: Console

    func serve() async throws {
        let signals = StopSignals(console: console)
        let (stopped, stop) = AsyncStream.makeStream(of: Never.self)
        try await lifetime.run(
            beside: [
                {
                    await signals.watch { _ in
                        lifetime.notifier?.stopping()
                        stop.finish()
                    }
                }
            ],
            began: {
                if let listener = lifetime.listener { console.note("Listening on \(listener.snapshot().address)") }
                if let folder = lifetime.folder { console.note("Watching \(folder.snapshot().folder)") }
                await signals.began()
                lifetime.notifier?.ready()
            },
            ending: { _ in Lifetime.Ending(reason: "the service ended") },
            { for await _ in stopped {} })
        throw ExitCode(128 + (await signals.received ?? 0))
    }
}
