import ArgumentParser
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector lists`: what `--only-new` remembers.
struct ListsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists",
        abstract: "Show the lists of delivered records that --only-new compares with, or remove one.",
        discussion: """
            A list holds keyed hashes, no cookies: it can't be exported. After it is removed, the next run with its name \
            sends every record again.
            """)

    @Flag(help: "Print an array as JSON.")
    var json = false

    @Option(help: ArgumentHelp("Remove this list, for all APIs.", valueName: "list"))
    var remove: String?

    @Flag(help: "Don't ask for confirmation.")
    var yes = false

    @OptionGroup var state: StateArguments

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await state.settings()
            guard remove != nil || !yes else { throw ValidationError("--yes has no effect without --remove.") }
            let lists = try await PastRuns.of(settings) { try await $0.journal?.deliveryLists() ?? [] }
            guard let name = remove else {
                if json { return try Console.result(try SummaryJSON.text(lists.map(Row.init))) }
                if lists.isEmpty {
                    try Console.result(
                        settings.journal.isShared
                            ? "A shared journal keeps no lists."
                            : "There are no lists. A run with --only-new starts one.")
                }
                for list in lists { try Console.result(Self.line(list)) }
                return
            }
            let records = lists.filter { $0.name == name }.map(\.records).reduce(0, +)
            guard lists.contains(where: { $0.name == name }) else { throw Self.unknown(name) }
            try confirm(name, records, console)
            guard let removed = try await remove(name, settings) else { throw Self.unknown(name) }
            try Console.result(
                json
                    ? SummaryJSON.text(["removed": removed])
                    : "Removed list \(name) with \(removed.grouped) record\(removed == 1 ? "" : "s").")
        }
    }

    /// A list as JSON.
    private struct Row: Encodable {
        let name: String
        let api: String?
        let records: Int
        let created: String
        let used: String

        init(_ list: DeliveryListSummary) {
            (name, api, records) = (list.name, list.api, list.records)
            created = list.createdAt.formatted(.iso8601)
            used = list.usedAt.formatted(.iso8601)
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(name, forKey: .name)
            try values.encode(api, forKey: .api)
            try values.encode(records, forKey: .records)
            try values.encode(created, forKey: .created)
            try values.encode(used, forKey: .used)
        }

        private enum CodingKeys: String, CodingKey {
            case name, api, records
            case created = "created_at"
            case used = "used_at"
        }
    }

    private static func unknown(_ name: String) -> DeliveryError {
        DeliveryError(.notFound, "There is no list \(name). `data-connector lists` shows all lists.")
    }

    private func confirm(_ name: String, _ records: Int, _ console: Console) throws {
        if yes { return }
        guard Console.canAsk else {
            throw ValidationError("The next run with the list sends everything again. Confirm it with --yes.")
        }
        try console.confirm(
            "Remove list \(name) with \(records.grouped) record\(records == 1 ? "" : "s")? "
                + "The next run with it sends everything again.")
    }

    private func remove(_ name: String, _ settings: Settings) async throws -> Int? {
        let directory = StateDirectory(path: settings.stateDirectory)
        if let client = ControlClient(directory) {
            try await client.checkVersion()
            return try await client.call(.removeDeliveryList(name), returning: Int?.self)
        }
        return try await OpenedJournal.changing(settings, directory) { opened in
            opened.store.beginCommits()
            let removed = try await opened.store.removeDeliveryList(name)
            try await opened.store.commit([
                .audit(AuditEntry(at: Date(), by: Engine.asker, .removeList, records: removed))
            ])
            return removed
        }
    }

    private static func line(_ list: DeliveryListSummary) -> String {
        let records = "\(list.records.grouped) record\(list.records == 1 ? "" : "s")"
        return "\(list.name)  \(records)  last used \(list.usedAt.formatted(.iso8601))  \(list.api ?? "no address")"
    }
}
