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
        abstract: "Remove people from everything that is stored: failures, rejected records, answers, logs.")

    @Option(help: ArgumentHelp("File with one cookie a line; - is standard input.", valueName: "file"))
    var cookieFile: String

    @Flag(help: "Count and change nothing.")
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
            _ = try await client.state()
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
        try directory.create()
        let lock = try StateDirectoryLock(directory)
        defer { withExtendedLifetime(lock) {} }
        let opened = try await OpenedJournal(settings, directory, .delivering(serves: false))
        defer { opened.close() }
        opened.store.beginCommits()
        let report = try await Erasure(store: opened.store, directory: directory, unsent: settings.unsentDirectory)
            .erase(ErasedCookies(cookies), isDryRun: false)
        try await opened.store.commit([
            .audit(AuditEntry(at: Date(), by: Engine.asker, .erase, records: report.total))
        ])
        await opened.leave()
        return report
    }
}

/// Cookies, one a line.
enum CookieFile {
    /// - Throws: `DeliveryError` of code `source` that names the line, never the cookie.
    static func read(_ path: String) throws(DeliveryError) -> [String] {
        let data: Data?
        if path == "-" {
            data = try? FileHandle.standardInput.readToEnd() ?? Data()
        } else {
            data = FileManager.default.contents(atPath: path)
        }
        guard let data, let text = String(data: data, encoding: .utf8) else {
            throw DeliveryError(.source, "\(path) can't be read as UTF-8 text. It has to hold one cookie a line.")
        }
        return try cookies(in: text, of: path)
    }

    static func cookies(in text: String, of path: String) throws(DeliveryError) -> [String] {
        var cookies: [String] = []
        let lines = text.drop { $0 == "\u{feff}" }.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let cookie = line.trimmingCharacters(in: .whitespaces)
            // A header.
            if cookie.isEmpty || (index == 0 && cookie.lowercased() == "cookie") { continue }
            guard cookie.utf8.count <= 256, !cookie.contains(where: \.isWhitespace) else {
                throw DeliveryError(
                    .source,
                    "\(path), line \(index + 1) is no cookie: at most 256 bytes without white space. The file has to hold "
                        + "one cookie a line.")
            }
            cookies.append(cookie)
        }
        guard !cookies.isEmpty else { throw DeliveryError(.source, "\(path) holds no cookie.") }
        return cookies
    }
}

/// What an erasure did, in words and for scripts.
enum ErasureText {
    static func lines(_ report: ErasureReport, isDryRun: Bool) -> [String] {
        let places = ErasureReport.Place.allCases.compactMap { place -> String? in
            guard let count = report.counts[place] else { return nil }
            return "  \(words(place).padding(toLength: 28, withPad: " ", startingAt: 0))\(SummaryText.number(count))"
        }
        var lines: [String] = []
        if places.isEmpty {
            lines = ["Nothing found to erase."]
        } else {
            lines = [isDryRun ? "Would be erased:" : "Erased:"] + places
        }
        if !report.remainders.isEmpty { lines += ["Not touched:"] + report.remainders.map { "  \($0.text)" } }
        return lines
    }

    private static func words(_ place: ErasureReport.Place) -> String {
        switch place {
        case .failures: "failures"
        case .storedRecords: "stored records"
        case .storedAnswers: "stored answers"
        case .notices: "notices"
        case .lists: "records in lists"
        case .rejectedFiles: "records in rejected.csv"
        case .uploads: "uploads"
        case .unsentFiles: "records in unsent files"
        case .log: "words in the log"
        case .journalCopies: "copies of older journals"
        }
    }

    struct JSON: Encodable {
        private let report: ErasureReport
        private let isDryRun: Bool

        init(_ report: ErasureReport, isDryRun: Bool) {
            self.report = report
            self.isDryRun = isDryRun
        }

        private enum Key: String, CodingKey {
            case isDryRun = "dry_run"
            case erased
            case isComplete = "complete"
            case remainders = "not_touched"
        }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(isDryRun, forKey: .isDryRun)
            try object.encode(
                Dictionary(uniqueKeysWithValues: report.counts.map { ($0.key.rawValue, $0.value) }), forKey: .erased)
            try object.encode(report.isComplete, forKey: .isComplete)
            try object.encode(report.remainders.map(\.text), forKey: .remainders)
        }
    }
}
