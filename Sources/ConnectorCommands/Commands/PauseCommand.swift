import ArgumentParser
import DeliveryModel

/// `data-connector pause RUN`: has the running process pause a run.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a run; resume continues it.")

    @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
    var run: RunArgument

    @OptionGroup var state: StateArguments

    func run() async throws {
        try await RunOperation.perform(state, run.id) { try await $0.call(.pause($1)) }
    }
}
