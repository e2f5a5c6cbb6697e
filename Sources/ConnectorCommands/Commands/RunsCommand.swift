import ArgumentParser
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector runs`: what was delivered so far.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List the runs, newest first.",
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the runs, newest first (the default).")

        @Flag(help: "Print an array of summaries as JSON; with --watch, one summary per line.")
        var json = false

        @Flag(help: "Follow the runs of the running process: a line whenever one starts, changes, or ends.")
        var watch = false

        @OptionGroup var state: StateArguments

        func run() async throws {
            let console = Console()
            try await reportingErrors(on: console) {
                if watch { return try await follow(console) }
                let runs = try await PastRuns.of(state.settings()) { try await $0.all() }
                if json {
                    try Console.result(try SummaryJSON.text(runs))
                    return
                }
                if runs.isEmpty { try Console.result("No runs yet.") }
                for run in runs { try Console.result(Self.line(run)) }
            }
        }

        private func follow(_ console: Console) async throws {
            let directory = StateDirectory(path: try await state.settings().stateDirectory)
            guard let client = ControlClient(directory) else {
                throw DeliveryError(.notFound, "No process is using \(directory.path), so no run is active.")
            }
            try await RunFollower(client: client, console: console).follow { run in
                try Console.result(json ? try SummaryJSON.text(run.summary) : Self.line(run))
            }
        }

        /// A run as it goes: where it stands, and how fast it is.
        private static func line(_ run: RunSnapshot) -> String {
            guard run.state.isActive else { return line(run.summary) }
            let read = run.estimatedRecords.map { " of about \($0.grouped)" } ?? ""
            return line(run.summary) + "  read \(run.summary.counts.read.grouped)\(read)"
                + "  \(Int(run.rate).grouped)/s" + (run.state.reason.map { "  \($0)" } ?? "")
        }

        private static func line(_ run: RunSummary) -> String {
            let counts = run.counts
            let id = run.id.description
            let state = run.state.word.padding(toLength: 8, withPad: " ", startingAt: 0)
            return String(repeating: " ", count: max(0, 5 - id.count)) + id
                + "  \(run.startedAt.formatted(.iso8601.dateSeparator(.dash)))  \(state)"
                + "  sent \(counts.sent.grouped) of \(counts.valid.grouped)"
                + (counts.failed > 0 ? ", failed \(counts.failed.grouped)" : "")
                + "  \(run.source.line)"
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one run.")

        @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
        var run: RunArgument

        @Flag(help: "Print the summary as one JSON object.")
        var json = false

        @OptionGroup var state: StateArguments

        func run() async throws {
            try await reportingErrors(on: Console()) {
                guard let summary = try await PastRuns.of(state.settings(), { try await $0.run(run.id) }) else {
                    throw DeliveryError.unknownRun(run.id)
                }
                if json {
                    try Console.result(try SummaryJSON.text(summary))
                } else {
                    for line in SummaryText.lines(summary) { try Console.result(line) }
                }
            }
        }
    }
}
