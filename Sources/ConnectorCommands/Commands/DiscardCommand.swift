import ArgumentParser
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector discard RUN`: ends a run for good.
struct DiscardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "End a run for good; records that were not delivered are listed as failed.")

    @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
    var run: RunArgument

    @Flag(help: "Don't ask for confirmation.")
    var yes = false

    @OptionGroup var state: StateArguments

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await state.settings()
            guard try await PastRuns.of(settings, { try await $0.run(run.id) }) != nil else {
                throw DeliveryError.unknownRun(run.id)
            }
            let directory = StateDirectory(path: settings.stateDirectory)
            if let client = ControlClient(directory) { return try await discard(client, settings, console) }
            let result = try await OpenedJournal.changing(settings, directory) { opened in
                try confirm(try await opened.store.run(run.id), console)
                return try await RunDiscard(
                    store: opened.store, directory: directory, unsent: settings.unsentDirectory, owner: opened.owner
                ).discard(run.id)
            }
            for line in SummaryText.lines(result.summary) { try Console.result(line) }
            if let remainder = result.remainder { try Console.result("  \(remainder)") }
        }
    }

    /// Has the running process do it.
    private func discard(_ client: ControlClient, _ settings: Settings, _ console: Console) async throws {
        try await client.checkVersion()
        try confirm(try await client.call(.run(run.id), returning: RunSummary?.self), console)
        let remainder = try await client.call(.discard(run.id), returning: String?.self)
        // A command ends with its run: nobody may be there to ask.
        if let summary = try await PastRuns.of(settings, { try await $0.run(run.id) }) {
            for line in SummaryText.lines(summary) { try Console.result(line) }
        }
        if let remainder { try Console.result("  \(remainder)") }
    }

    private func confirm(_ summary: RunSummary?, _ console: Console) throws {
        guard !yes, let summary, summary.isResumable else { return }
        guard Console.canAsk else { throw ValidationError("Discarding can't be undone. Confirm it with --yes.") }
        let pending =
            summary.counts.pending == 1 ? "1 pending record" : "\(summary.counts.pending.grouped) pending records"
        try console.confirm(
            "Run \(run.id) (\(summary.source.line)) has \(pending) that will not be sent. Discard it?")
    }
}
