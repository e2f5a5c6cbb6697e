import ArgumentParser
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// `data-connector erase --cookie-file FILE`: removes people from everything that is stored.
struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Remove people from everything that is stored: failures, rejected records, responses, logs.")

    @Option(help: ArgumentHelp("File with one cookie per line; - is standard input.", valueName: "file"))
    var cookieFile: String

    @Flag(help: "Only count; change nothing.")
    var dryRun = false

    @Flag(help: "Print the result as one JSON object.")
    var json = false

    @OptionGroup var state: StateArguments

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let cookies = try CookieFile.read(cookieFile)
            let settings = try await state.settings()
            let report = try await erase(cookies, settings)
            try Console.result(
                json
                    ? SummaryJSON.text(ErasureText.JSON(report, isDryRun: dryRun))
                    : ErasureText.lines(report, isDryRun: dryRun).joined(separator: "\n"))
            if !report.isComplete { throw ExitCode.failure }
        }
    }

    private func erase(_ cookies: [String], _ settings: Settings) async throws -> ErasureReport {
        let directory = StateDirectory(path: settings.stateDirectory)
        if let client = ControlClient(directory) {
            try await client.checkVersion()
            return try await client.call(.erase(cookies, isDryRun: dryRun), returning: ErasureReport.self)
        }
        guard settings.journal.isShared || FileManager.default.fileExists(atPath: directory.journal.string) else {
            throw DeliveryError(.notFound, "Nothing is stored in \(directory.path).")
        }
        if dryRun {
            let opened = try await OpenedJournal(settings, directory, .looking)
            defer { opened.close() }
            return try await Erasure(store: opened.store, directory: directory, unsent: settings.unsentDirectory)
                .erase(ErasedCookies(cookies), isDryRun: true)
        }
        return try await OpenedJournal.changing(settings, directory) { opened in
            opened.store.beginCommits()
            let report = try await Erasure(store: opened.store, directory: directory, unsent: settings.unsentDirectory)
                .erase(ErasedCookies(cookies), isDryRun: false)
            try await opened.store.commit([
                .audit(AuditEntry(at: Date(), by: Engine.asker, .erase, records: report.total))
            ])
            return report
        }
    }
}
