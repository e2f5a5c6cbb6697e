import ArgumentParser
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// `data-connector runs`: what was delivered so far.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List the runs, newest first.",
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the runs, newest first (the default).")

        @Flag(help: "Print an array of summaries as JSON; with --watch, a summary a line.")
        var json = false

        @Flag(help: "Follow the runs of the process that delivers: a line whenever one begins, changes or ends.")
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
                throw DeliveryError(.notFound, "No process delivers from \(directory.path), so no run is active.")
            }
            try await RunFollower(client: client, console: console).follow { run in
                try Console.result(json ? try SummaryJSON.text(run.summary) : Self.line(run))
            }
        }

        /// A run as it goes: where it stands, and how fast it is.
        private static func line(_ run: RunSnapshot) -> String {
            guard run.state.isActive else { return line(run.summary) }
            let read = run.estimatedRecords.map { " of about \(SummaryText.number($0))" } ?? ""
            return line(run.summary) + "  read \(SummaryText.number(run.summary.counts.read))\(read)"
                + "  \(SummaryText.number(Int(run.rate)))/s" + (run.state.reason.map { "  \($0)" } ?? "")
        }

        private static func line(_ run: RunSummary) -> String {
            let counts = run.counts
            let id = String(run.id.description.reversed()).padding(toLength: 5, withPad: " ", startingAt: 0)
            let state = run.state.word.padding(toLength: 8, withPad: " ", startingAt: 0)
            return String(id.reversed())
                + "  \(run.startedAt.formatted(.iso8601.dateSeparator(.dash)))  \(state)"
                + "  sent \(SummaryText.number(counts.sent)) of \(SummaryText.number(counts.valid))"
                + (counts.failed > 0 ? ", failed \(SummaryText.number(counts.failed))" : "")
                + "  \(run.source.text)"
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one run.")

        @Argument(help: ArgumentHelp("Number of the run.", valueName: "run"))
        var run: RunArgument

        @Flag(help: "Print the summary as one JSON object.")
        var json = false

        @OptionGroup var state: StateArguments

        func run() async throws {
            try await reportingErrors(on: Console()) {
                guard let summary = try await PastRuns.of(state.settings(), { try await $0.run(run.id) }) else {
                    throw DeliveryError(.notFound, "There is no run \(run.id). `data-connector runs` lists them.")
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

/// The runs of a state directory, looked at without delivering.
struct PastRuns: Sendable {
    /// `nil` when nothing was ever delivered from there.
    private let opened: OpenedJournal?
    let directory: StateDirectory
    private let holder: StateDirectoryLock.Holder?

    var journal: (any DurableStore)? { opened?.store }

    /// Opens the journal for as long as `body` looks at it.
    static func of<Value: Sendable>(
        _ settings: Settings, _ body: (PastRuns) async throws -> Value
    ) async throws -> Value {
        let past = try await PastRuns(settings)
        defer { past.opened?.close() }
        return try await body(past)
    }

    private init(_ settings: Settings) async throws {
        directory = StateDirectory(path: settings.stateDirectory)
        holder = StateDirectoryLock.holder(directory)
        opened = try await Self.open(settings, directory)
    }

    private static func open(
        _ settings: Settings, _ directory: StateDirectory
    ) async throws(DeliveryError) -> OpenedJournal? {
        guard settings.journal.isShared || FileManager.default.fileExists(atPath: directory.journal.string) else {
            return nil
        }
        do throws(DeliveryError) {
            return try await OpenedJournal(settings, directory, .looking)
        } catch {
            // A database in which nothing was delivered yet.
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    func all() async throws -> [RunSummary] {
        try await journal?.runs(limit: .max).map(settled) ?? []
    }

    func run(_ id: RunID) async throws -> RunSummary? {
        try await journal?.run(id).map(settled)
    }

    /// Only the process that delivers now can be working on a run.
    private func settled(_ run: RunSummary) -> RunSummary {
        // A shared journal says itself who works on what.
        if opened?.isShared == true { return run }
        guard let holder else { return run.interrupted }
        // An older version does not say which runs are its own.
        return holder.instance == nil || holder.instance == run.owner ? run : run.interrupted
    }
}
