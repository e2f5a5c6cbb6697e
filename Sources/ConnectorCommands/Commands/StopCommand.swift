import ArgumentParser
import DeliveryModel

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
        try await RunOperation.perform(state, run.id) { try await $0.call(.stop($1, mode)) }
    }
}
