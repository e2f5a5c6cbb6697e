import ArgumentParser
import DeliveryEngine
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector resume [RUN]`: continues a run that was interrupted.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Resume a run that was interrupted, stopped or paused (default: the latest).")

    @Argument(help: ArgumentHelp("Number of the run.", valueName: "run"))
    var run: RunArgument?

    @Flag(help: "Deliver to a simulated API in this process.")
    var sandbox = false

    @Flag(help: "Print the summary as one JSON object.")
    var json = false

    @OptionGroup var delivery: DeliveryArguments

    func validate() throws { try OptionUse(work: .resume, usesSandbox: sandbox).check(delivery.options.keys) }

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await delivery.settings()
            if !sandbox, let client = ControlClient(StateDirectory(path: settings.stateDirectory)) {
                try delivery.refuseServiceOptions()
                return try await RemoteRun(client: client, console: console, report: json ? .json : .text)
                    .deliverAndReport(
                        nothing: "Nothing to resume: no run was interrupted.",
                        [
                            { [run] service in
                                guard let candidate = try await Self.remoteCandidate(run?.id, service) else {
                                    return nil
                                }
                                try await service.resume(candidate)
                                return candidate
                            }
                        ])
            }
            let log = ConnectorLog()
            log.setConsole { console.note($0) }
            let hooks = try settings.hooks.hooks(
                ownsTerminal: false, logger: log.logger("hooks", level: settings.logLevel))
            let connector = try await Connector(
                settings, log: log, useSandbox: sandbox, giveUpAfter: settings.giveUpAfter)
            let wanted = run?.id
            try await HeadlessRun(connector: connector, console: console, report: json ? .json : .text, hooks: hooks)
                .deliverAndReport(nothing: "Nothing to resume: no run was interrupted.") { service in
                    guard let candidate = try await candidate(wanted, connector) else { return nil }
                    try await service.resume(candidate)
                    return candidate
                }
        }
    }

    private static func remoteCandidate(_ wanted: RunID?, _ service: any DeliveryService) async throws -> RunID? {
        guard let wanted else {
            return try await service.runs(limit: 100, before: nil).first {
                $0.state == .paused || !$0.state.isActive && $0.isResumable
            }?.id
        }
        guard let summary = try await service.run(wanted) else {
            throw DeliveryError(.notFound, "There is no run \(wanted). `data-connector runs` lists them.")
        }
        return summary.isResumable ? wanted : nil
    }

    private func candidate(_ wanted: RunID?, _ connector: Connector) async throws -> RunID? {
        guard let wanted else { return try await connector.engine.newestRunToResume() }
        guard let summary = try await connector.journal.run(wanted) else {
            throw DeliveryError(.notFound, "There is no run \(wanted). `data-connector runs` lists them.")
        }
        return summary.isResumable ? wanted : nil
    }
}
