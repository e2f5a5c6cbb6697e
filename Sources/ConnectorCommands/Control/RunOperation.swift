import DeliveryModel
import DeliveryStore
import Foundation

/// What an operator does to a run of the process that is using the state directory.
enum RunOperation {
    /// Does something to a run and prints how it stands.
    static func perform(
        _ state: StateArguments, _ run: RunID, _ work: (ControlClient, RunID) async throws -> Void
    ) async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let directory = StateDirectory(path: try await state.settings().stateDirectory)
            guard let client = ControlClient(directory) else {
                throw DeliveryError(.notFound, "No process is using \(directory.path), so no run is active.")
            }
            try await client.checkVersion()
            try await work(client, run)
            guard let summary = try await client.call(.run(run), returning: RunSummary?.self) else {
                throw DeliveryError.unknownRun(run)
            }
            for line in SummaryText.lines(summary) { try Console.result(line) }
        }
    }
}
