import ArgumentParser
import DeliveryEngine
import DeliveryModel
import Foundation
import HTTPListener
import UnixSignals

/// Serves submissions until it is told to stop: the container's way to run.
struct ListenService: Sendable {
    let connector: Connector
    let console: Console
    let listener: HTTPListener
    let live: LiveSettings

    func serve() async throws {
        let signal = try await connector.run {
            await connector.resumeSubmissions()
            try await listener.start()
            console.note("Listening on \(listener.snapshot().address)")
            return await withTaskGroup(of: CInt?.self) { group in
                group.addTask {
                    await live.watch(
                        connector.engine, logger: connector.log.logger("settings", level: connector.settings.logLevel))
                    return nil
                }
                group.addTask { await stopSignal() }
                var signal: CInt = 0
                for await number in group {
                    guard let number else { continue }
                    signal = number
                    break
                }
                // First nobody submits any more, then what is in flight ends.
                await listener.stop()
                await connector.engine.shutDown(reason: "the service ended")
                group.cancelAll()
                return signal
            }
        }
        throw ExitCode(128 + signal)
    }

    private func stopSignal() async -> CInt? {
        for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            console.note("Stopping: requests in flight may end.")
            return signal.rawValue
        }
        return nil
    }
}
