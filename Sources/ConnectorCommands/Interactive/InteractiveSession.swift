import ArgumentParser
import CustomerRecords
import DeliveryEngine
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import DropFolder
import Foundation
import HTTPListener
import RunHooks
import SystemPackage
import TerminalKit
import TerminalUI

/// The terminal UI over the engine, and the listener in the background when it is asked for.
struct InteractiveSession: Sendable {
    let connector: Connector
    let listener: ListenerServer?
    let live: LiveSettings
    /// Selected at the start.
    let file: String?
    /// `nil` takes the remembered one.
    let theme: ThemeName?
    let hooks: HookRunner
    let folder: FolderWatch?
    /// `nil` where no other profile can be used.
    let profiles: ProfileSwitch?

    /// Shows the screen until the operator leaves it; then ends what is still active, as the operator said.
    func run() async throws {
        let (reason, unfinished) = try await connector.run(telling: hooks) {
            if let listener {
                await connector.resumeSubmissions()
                try await listener.start()
            }
            return try await withThrowingTaskGroup(of: ExitReason?.self) { group in
                group.addTask {
                    await live.watch(connector, hasTerminal: true)
                    return nil
                }
                group.addTask {
                    await connector.recoverFromFaults()
                    return nil
                }
                if let folder {
                    group.addTask {
                        try await folder.run()
                        return nil
                    }
                }
                group.addTask {
                    await RunLog(log: connector.log, level: connector.settings.logLevel).follow(connector.engine)
                    return nil
                }
                group.addTask {
                    let person = Operator(who: Engine.operatorName, from: Operator.screen)
                    return try await Operator.$current.withValue(person) { try await TerminalApp(services).run() }
                }
                defer { group.cancelAll() }
                var reason = ExitReason.terminalLost
                for try await end in group {
                    guard let end else { continue }
                    reason = end
                    break
                }
                await listener?.stop()
                await folder?.stop()
                let unfinished = connector.engine.snapshot().runs.filter { $0.state.isActive }.map(\.id)
                await connector.shutDown(reason: words(reason), mode: mode(reason))
                return (reason, unfinished)
            }
        }
        for run in unfinished { Console().note("Run \(run) was stopped; resume it with: data-connector resume \(run)") }
        switch reason {
        case .quit: break
        case .signal(let number): throw ExitCode(128 + number)
        case .terminalLost: throw ExitCode(128 + SIGHUP)
        }
    }

    private var services: TerminalUIServices {
        let settings = connector.settings
        var services = TerminalUIServices(
            delivery: connector.engine,
            listener: listener.map { AuditedListener(listener: $0, delivery: connector.engine) },
            sandbox: connector.sandbox, log: connector.log,
            options: TerminalUIServices.Options(
                reading: settings.reading, concurrency: settings.concurrency, rate: settings.rate, file: file),
            api: TerminalUIServices.API(
                url: connector.sandbox == nil ? settings.apiURL ?? "" : "sandbox",
                needsKey: connector.sandbox == nil && settings.projectKey == nil),
            profiles: settings.profiles.map(\.shown), profileControl: profiles,
            stateDirectory: connector.directory.path.string, errorFile: connector.directory.log.string,
            theme: theme, logLevel: min(.info, settings.logLevel.logger.line))
        services.folder = folder
        services.nodes = connector.nodes
        return services
    }

    private func mode(_ reason: ExitReason) -> StopMode {
        switch reason {
        case .quit(let mode): mode
        case .signal, .terminalLost: .finishInFlight
        }
    }

    private func words(_ reason: ExitReason) -> String {
        switch reason {
        case .quit: "stopped by the operator"
        case .signal(let number): "interrupted by signal \(number)"
        case .terminalLost: "the terminal was lost"
        }
    }
}
