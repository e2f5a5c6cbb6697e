import ArgumentParser
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector audit`: who did what.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show the audit log: who did what, and when, newest first.")

    @Flag(help: "Print an array as JSON.")
    var json = false

    @Option(
        help: ArgumentHelp("Only entries since this date or time: 2026-11-26, 2026-11-26T08:00:00Z.", valueName: "date")
    )
    var since: AuditMoment?

    @Option(help: ArgumentHelp("Only entries about this run.", valueName: "run"))
    var run: RunArgument?

    @OptionGroup var state: StateArguments

    func run() async throws {
        try await reportingErrors(on: Console()) {
            let query = AuditQuery(since: since?.date, run: run?.id)
            let entries = try await PastRuns.of(state.settings()) { try await $0.journal?.audit(query) ?? [] }
            if json {
                try Console.result(try SummaryJSON.text(entries.map(AuditJSON.init)))
                return
            }
            if entries.isEmpty {
                let isWhole = since == nil && run == nil
                try Console.result(isWhole ? "The audit log is empty." : "The audit log has no such entries.")
            }
            for entry in entries { try Console.result(Self.line(entry)) }
        }
    }

    static func line(_ entry: AuditEntry) -> String {
        let command = entry.command.rawValue.padding(
            toLength: max(15, entry.command.rawValue.count), withPad: " ", startingAt: 0)
        let what = [
            entry.run.map { "run \($0)" },
            entry.records.map { "\($0.grouped) record\($0 == 1 ? "" : "s")" },
        ].compactMap { $0 }.joined(separator: ", ")
        return "\(entry.at.formatted(.iso8601))  \(command)  \(entry.who) (\(entry.from))"
            + (what.isEmpty ? "" : "  \(what)")
    }
}

/// A day, which begins at midnight of this machine's time zone, or a moment.
struct AuditMoment: ExpressibleByArgument, Sendable {
    let date: Date

    init?(argument: String) {
        if let moment = try? Date(argument, strategy: .iso8601) {
            date = moment
        } else if let day = try? Date(
            argument, strategy: Date.ISO8601FormatStyle(timeZone: .current).year().month().day())
        {
            date = day
        } else {
            return nil
        }
    }
}
