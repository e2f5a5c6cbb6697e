import ArgumentParser
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector resume [RUN]`: continues a run that was interrupted.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Resume a run that was interrupted, stopped or paused (default: the latest).")

    @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
    var run: RunArgument?

    @Flag(help: "Deliver to a simulated API in this process.")
    var sandbox = false

    @Flag(help: "Print the summary as one JSON object.")
    var json = false

    @OptionGroup var delivery: DeliveryArguments

    private static let nothing = "Nothing to resume: no run was interrupted."

    func validate() throws { try OptionUse(work: .resume, usesSandbox: sandbox).check(delivery.options.keys) }

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await delivery.settings()
            let report: HeadlessRun.Report = json ? .json : .text
            if !sandbox, let client = ControlClient(StateDirectory(path: settings.stateDirectory)) {
                try delivery.refuseServiceOptions()
                return try await RemoteRun(client: client, console: console, report: report)
                    .deliverAndReport(
                        nothing: Self.nothing,
                        [
                            { [run] service in
                                try await Self.begin(run?.id, service) {
                                    try await service.runs(limit: 100, before: nil).first {
                                        $0.state == .paused || !$0.state.isActive && $0.isResumable
                                    }?.id
                                }
                            }
                        ])
            }
            let wanted = run?.id
            try await HeadlessRun(settings, usesSandbox: sandbox, report: report, console: console)
                .deliverAndReport(nothing: Self.nothing) { engine in
                    try await Self.begin(wanted, engine) { try await engine.newestRunToResume() }
                }
        }
    }

    private static func begin(
        _ wanted: RunID?, _ service: any RunControl & RunLookup, newest: () async throws -> RunID?
    ) async throws -> RunID? {
        var candidate = wanted
        if let wanted {
            guard let summary = try await service.run(wanted) else {
                throw DeliveryError(.notFound, "There is no run \(wanted). `data-connector runs` lists all runs.")
            }
            guard summary.isResumable else { return nil }
        } else {
            candidate = try await newest()
        }
        guard let candidate else { return nil }
        try await service.resume(candidate)
        return candidate
    }
}
