import ArgumentParser
import DeliveryModel
import DeliveryStore

#if PostgreSQL
import SharedJournal
#endif

/// `data-connector journal`: the shared journal itself.
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Check the shared journal, or move another one into it.",
        subcommands: [Check.self, ImportCommand.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check what the shared journal's database keeps when a machine fails.",
            discussion: "Nothing is changed. Exit status 1 if acknowledged records could be lost.")

        @Flag(help: "Print an array of findings as JSON.")
        var json = false

        @OptionGroup var state: StateArguments

        func run() async throws {
            try await reportingErrors(on: Console()) {
                let instead = "`data-connector doctor` checks it."
                #if PostgreSQL
                let findings = try await state.lookingAtShared(instead: instead) { try await $0.check() }
                    .map(Finding.init)
                if json {
                    try Console.result(try SummaryJSON.text(findings))
                } else {
                    for finding in findings { try Console.result(finding.line) }
                }
                if findings.contains(where: { $0.status == .failed }) { throw ExitCode.failure }
                #else
                _ = try await state.sharedSettings(instead: instead)
                #endif
            }
        }
    }
}

#if PostgreSQL
extension Finding {
    fileprivate init(_ finding: PostgresJournal.Finding) {
        self =
            switch finding.grade {
            case .fine: .ok(finding.name, finding.text)
            case .doubtful: .warning(finding.name, finding.text)
            case .unsafe: .failed(finding.name, finding.text)
            }
    }
}
#endif
