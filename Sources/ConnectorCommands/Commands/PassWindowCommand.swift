import ArgumentParser
import DeliveryModel
import Foundation

/// `data-connector pass-window RUN`: has the running process send one run although its send window is closed.
struct PassWindowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pass-window",
        abstract: "Override the send window for one waiting run and send it now.",
        discussion: """
            Other runs keep waiting for the window. The override lasts until the running process ends, and is recorded \
            in the audit log. The daily limit still applies.
            """)

    @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
    var run: RunArgument

    @Flag(help: "Don't ask for confirmation.")
    var yes = false

    @OptionGroup var state: StateArguments

    func run() async throws {
        try await RunOperation.perform(state, run.id) { client, id in
            let summary = try await client.call(.run(id), returning: RunSummary?.self)
            if let summary { try confirm(summary) }
            try await client.call(.passWindow(id))
        }
    }

    private func confirm(_ summary: RunSummary) throws {
        if yes { return }
        guard Console.canAsk else {
            throw ValidationError("This sends outside of the send window. Confirm it with --yes.")
        }
        let run = "run \(summary.id) (\(summary.source.line)) to \(summary.api ?? "the API")"
        try Console().confirm("Send \(run) now, outside of the send window?")
    }
}
