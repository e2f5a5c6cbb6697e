import ArgumentParser
import DeliveryModel
import Foundation

/// `data-connector pass-window RUN`: has the process that delivers send one run although its send window is closed.
struct PassWindowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pass-window",
        abstract: "Send one waiting run now, even though the send window is closed.",
        discussion: """
            The other runs wait for the window. It holds until the process that delivers ends; who did it is in the audit. \
            The limit a day still counts.
            """)

    @Argument(help: ArgumentHelp("Number of the run.", valueName: "run"))
    var run: RunArgument

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var state: StateArguments

    func run() async throws {
        try await PauseCommand.operate(state, run.id) { client, id in
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
        let run = "run \(summary.id) (\(summary.source.text)) to \(summary.api ?? "the API")"
        try Console().confirm("Send \(run) now, outside of the send window?")
    }
}
