import ArgumentParser
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage
import TerminalKit
import TerminalUI

/// The terminal UI over the engine of another process. Leaving it stops nothing there.
struct AttachedSession: Sendable {
    let client: ControlClient
    let settings: Settings
    let file: String?
    let theme: ThemeName?

    func run() async throws {
        let remote = RemoteDelivery(client, first: try await client.state())
        let reason = try await withThrowingTaskGroup(of: ExitReason?.self) { group in
            group.addTask {
                await remote.run()
                return nil
            }
            group.addTask { try await TerminalApp(services(remote)).run() }
            defer { group.cancelAll() }
            for try await reason in group {
                if let reason { return reason }
            }
            return .terminalLost
        }
        switch reason {
        case .quit: break
        case .signal(let number): throw ExitCode(128 + number)
        case .terminalLost: throw ExitCode(128 + SIGHUP)
        }
    }

    /// Nothing is remembered: looking leaves no file in another user's directory.
    private func services(_ remote: RemoteDelivery) -> TerminalUIServices {
        var services = TerminalUIServices(
            delivery: remote, listener: remote, log: LogTail(client.directory.log),
            options: TerminalUIServices.Options(
                reading: settings.reading, file: file, attachedTo: remote.process),
            api: TerminalUIServices.API(url: remote.snapshot().apiHost ?? "", needsKey: false),
            profiles: settings.profiles.map(\.shown), theme: theme)
        services.folder = remote
        services.nodes = remote
        services.runsDirectory = client.directory.path.string
        return services
    }
}
