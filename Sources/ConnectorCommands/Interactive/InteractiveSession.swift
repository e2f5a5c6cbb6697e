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
    let lifetime: Lifetime
    /// Selected at the start.
    let file: String?
    /// `nil` takes the remembered one.
    let theme: ThemeName?
    /// `nil` where no other profile can be used.
    let profiles: ProfileSwitch?

    private var connector: Connector { lifetime.connector }

    private struct End: Sendable {
        var reason: ExitReason
        /// The runs that were still active.
        var unfinished: [RunID]
    }

    /// Shows the screen until the operator leaves it; then ends what is still active, as the operator said.
    func run() async throws {
        let connector = connector
        let end = try await lifetime.run(
            beside: [
                { await RunLog(log: connector.log, level: connector.settings.logLevel).follow(connector.engine) }
            ],
            ending: { Lifetime.Ending(reason: words($0.reason), mode: mode($0.reason)) },
            {
                let person = Operator(who: Engine.operatorName, from: Operator.screen)
                let reason = try await Operator.$current.withValue(person) { try await TerminalApp(services).run() }
                return End(
                    reason: reason,
                    unfinished: connector.engine.snapshot().runs.filter { $0.state.isActive }.map(\.id))
            })
        for run in end.unfinished {
            Console().note(
                "Run \(run) was stopped; resume it with: data-connector resume \(run)"
                    + connector.settings.repeatedOptions)
        }
        switch end.reason {
        case .quit: break
        case .signal(let number): throw ExitCode(128 + number)
        case .terminalLost: throw ExitCode(128 + SIGHUP)
        }
    }

    private var services: TerminalUIServices {
        let settings = connector.settings
        var services = TerminalUIServices(
            delivery: connector.engine,
            listener: lifetime.listener.map { AuditedListener(listener: $0, audit: connector.engine) },
            sandbox: connector.sandbox, log: connector.log,
            options: TerminalUIServices.Options(reading: settings.reading, file: file),
            api: TerminalUIServices.API(
                url: connector.sandbox == nil ? settings.apiURL ?? "" : "sandbox",
                needsKey: connector.sandbox == nil && settings.projectKey == nil),
            profiles: settings.profiles.map(\.shown), profileControl: profiles,
            stateDirectory: connector.directory.path.string, errorFile: connector.directory.log.string,
            theme: theme, logLevel: min(.info, settings.logLevel.logger.line))
        services.folder = lifetime.folder
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
        case .quit: RunState.operatorStopReason
        case .signal(let number): "interrupted by signal \(number)"
        case .terminalLost: "the terminal was lost"
        }
    }
}
