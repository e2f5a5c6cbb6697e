import ArgumentParser
import DeliveryEngine
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector resume [RUN]`: continues a run that was interrupted.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Resume an interrupted run (default: the latest).")

    @Argument(help: ArgumentHelp("Number of the run.", valueName: "run"))
    var run: RunArgument?

    @Flag(help: "Deliver to a simulated API in this process.")
    var sandbox = false

    @Flag(help: "Print the summary as one JSON object.")
    var json = false

    @OptionGroup var delivery: DeliveryArguments

    func validate() throws { try delivery.refuseReading(on: "resume") }

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await delivery.settings()
            let log = ConnectorLog()
            log.setConsole { console.note($0) }
            let hooks = try settings.hooks.hooks(
                ownsTerminal: false, logger: log.logger("hooks", level: settings.logLevel))
            let connector = try await Connector(
                settings, log: log, useSandbox: sandbox, giveUpAfter: settings.giveUpAfter)
            let wanted = run?.id
            try await HeadlessRun(connector: connector, console: console, report: json ? .json : .text, hooks: hooks)
                .carryThrough(nothing: "Nothing to resume: no run was interrupted.") { service in
                    guard let candidate = try await candidate(wanted, connector) else { return nil }
                    try await service.resume(candidate)
                    return candidate
                }
        }
    }

    private func candidate(_ wanted: RunID?, _ connector: Connector) async throws -> RunID? {
        guard let wanted else { return try await connector.engine.newestRunToResume() }
        guard let summary = try await connector.journal.run(wanted) else {
            throw DeliveryError(.notFound, "There is no run \(wanted). `data-connector runs` lists them.")
        }
        return summary.isResumable ? wanted : nil
    }
}
