import ArgumentParser
import CustomerRecords
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector failures RUN`: what was not delivered, and why.
struct FailuresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures", abstract: "List the failed records of a run.")

    @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
    var run: RunArgument

    @Option(help: ArgumentHelp("Write them as CSV for a spreadsheet; - is standard output.", valueName: "file"))
    var csv: String?

    @Flag(help: "List the rejected records, too (the first 10,000; all are in the run's rejected.csv).")
    var rejected = false

    @OptionGroup var state: StateArguments

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            try await PastRuns.of(state.settings()) { try await show($0, console) }
        }
    }

    private func show(_ past: PastRuns, _ console: Console) async throws {
        guard let journal = past.journal, try await journal.run(run.id) != nil else {
            throw DeliveryError.unknownRun(run.id)
        }
        let query = FailureQuery(run: run.id, kinds: rejected ? [] : [.retryable, .permanent], sort: .line)
        if let csv {
            let count = try await FailureExport.write(query, of: journal, in: past.directory, to: csv)
            // Who delivers keeps the audit; without such a process this one only reads, and changes no file.
            await past.note(.export(run: run.id, records: count))
            if csv != "-" {
                console.note("\(count.grouped) record\(count == 1 ? "" : "s") written to \(csv).")
            }
            return
        }
        try await journal.forEachFailure(query) { record throws(DeliveryError) in
            let what = record.reason?.rawValue ?? record.status ?? "-"
            let fields = record.fields.texts.joined(separator: ",")
            let shown = Console.visible(fields == ",,," ? record.raw : fields, isLine: true)
            let message = Console.visible(record.message, isLine: true)
            try Console.result("line \(record.line)\t\(record.kind.rawValue)\t\(what)\t\(message)\t\(shown)")
        }
    }
}
