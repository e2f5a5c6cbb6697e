import ArgumentParser
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector pause RUN`: has the running process pause a run.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a run; resume continues it.")

    @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
    var run: RunArgument

    @OptionGroup var state: StateArguments

    func run() async throws {
        try await Self.operate(state, run.id) { try await $0.call(.pause($1)) }
    }

    /// Does something to a run and prints how it stands.
    static func operate(
        _ state: StateArguments, _ run: RunID,
        _ work: (ControlClient, RunID) async throws -> Void
    ) async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let directory = StateDirectory(path: try await state.settings().stateDirectory)
            guard let client = ControlClient(directory) else {
                throw DeliveryError(.notFound, "No process is using \(directory.path), so no run is active.")
            }
            _ = try await client.state()
            try await work(client, run)
            guard let summary = try await client.call(.run(run), returning: RunSummary?.self) else {
                throw DeliveryError.unknownRun(run)
            }
            for line in SummaryText.lines(summary) { try Console.result(line) }
        }
    }
}

/// `data-connector stop RUN`: has the running process end a run early.
struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a run; it can be resumed.")

    @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
    var run: RunArgument

    @Flag(help: "Don't wait for the requests in flight; their records may be sent again on resume.")
    var now = false

    @OptionGroup var state: StateArguments

    func run() async throws {
        let mode = now ? StopMode.now : .finishInFlight
        try await PauseCommand.operate(state, run.id) { try await $0.call(.stop($1, mode)) }
    }
}
