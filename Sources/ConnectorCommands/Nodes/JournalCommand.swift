import ArgumentParser
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

#if PostgreSQL
import SharedJournal
#endif

/// `data-connector journal`: the journal itself.
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Check or compact the journal, or move one into a shared journal.",
        subcommands: [Check.self, Compact.self, ImportCommand.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check the journal for damage; of a shared one, what its database keeps when a machine fails.",
            discussion: "Nothing is changed. Exit status 1 if it is damaged, or acknowledged records could be lost.")

        @Flag(help: "Print an array of findings as JSON.")
        var json = false

        @OptionGroup var state: StateArguments

        func run() async throws {
            try await reportingErrors(on: Console()) {
                let settings = try await state.settings()
                let findings = try await findings(settings)
                if json {
                    try Console.result(try SummaryJSON.text(findings))
                } else {
                    for finding in findings { try Console.result(finding.line) }
                }
                if findings.contains(where: { $0.status == .failed }) { throw ExitCode.failure }
            }
        }

        private func findings(_ settings: Settings) async throws -> [Finding] {
            #if PostgreSQL
            if settings.journal.isShared {
                return try await state.lookingAtShared { try await $0.check() }.map(Finding.init)
            }
            #endif
            let directory = try StateDirectory(path: settings.stateDirectory).withJournal()
            let opened = try await OpenedJournal(settings, directory, .looking)
            defer { opened.close() }
            guard let journal = opened.store as? Journal else { return [] }
            return Finding.all(of: try await journal.condition(), at: directory.journal.string)
        }
    }

    struct Compact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact",
            abstract: "Give back the space of what was removed from the journal.",
            discussion: """
                A process that delivers does this by itself, in small steps. The journal of a state directory is rewritten: \
                this needs free space equal to its size, and no process may be using the directory. A shared journal is \
                vacuumed while its nodes work.
                """)

        @OptionGroup var state: StateArguments

        func run() async throws {
            try await reportingErrors(on: Console()) {
                let settings = try await state.settings()
                let (before, after) = try await compact(settings)
                try Console.result(
                    "The journal takes \(StateCheck.size(after)); before, it took \(StateCheck.size(before)).")
            }
        }

        private func compact(_ settings: Settings) async throws -> (before: Int, after: Int) {
            #if PostgreSQL
            if settings.journal.isShared { return try await state.lookingAtShared { try await $0.compact() } }
            #endif
            let directory = try StateDirectory(path: settings.stateDirectory).withJournal()
            return try await OpenedJournal.changing(settings, directory) { opened in
                guard let journal = opened.store as? Journal else { return (0, 0) }
                let before = try await journal.condition().bytes
                try await journal.rewrite()
                return (before, try await journal.condition().bytes)
            }
        }
    }
}

extension StateDirectory {
    /// - Throws: when nothing was ever delivered from it.
    fileprivate func withJournal() throws(DeliveryError) -> StateDirectory {
        guard access(journal.string, F_OK) == 0 else {
            throw DeliveryError(.notFound, "There is no journal in \(path) yet. Check --state-dir.")
        }
        return self
    }
}

extension Finding {
    fileprivate static func all(of condition: JournalCondition, at path: String) -> [Finding] {
        var findings = [
            Finding.ok("journal", "\(path), \(StateCheck.size(condition.bytes))"),
            .ok("runs", "\(condition.runs.grouped), \(condition.openRuns.grouped) of them open"),
        ]
        let unused = "\(StateCheck.size(condition.unusedBytes)) of it unused"
        findings.append(
            condition.unusedBytes * 4 > condition.bytes
                ? .warning("space", "\(unused): `data-connector journal compact` gives it back") : .ok("space", unused))
        let advice = "Stop what is using it, keep a copy, and restore the journal from a backup"
        findings.append(
            condition.damage.isEmpty
                ? .ok("pages", "no damage found")
                : .failed("pages", "damaged: \(condition.damage.joined(separator: "; ")). \(advice)"))
        return findings
    }

    #if PostgreSQL
    fileprivate init(_ finding: PostgresJournal.Finding) {
        self =
            switch finding.grade {
            case .fine: .ok(finding.name, finding.text)
            case .doubtful: .warning(finding.name, finding.text)
            case .unsafe: .failed(finding.name, finding.text)
            }
    }
    #endif
}
