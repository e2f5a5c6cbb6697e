import ArgumentParser
import CustomerRecords
import DeliveryEngine
import DeliveryModel
import Foundation

/// `data-connector upload-file FILE`: as the Python connector had it.
struct UploadFileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload-file", abstract: "Deliver a CSV file and say how many records were sent.")

    @Argument(help: ArgumentHelp("CSV file; its name has to end in .csv.", valueName: "file"))
    var file: String

    @OptionGroup var delivery: DeliveryArguments

    func validate() throws { try OptionUse(work: .files).check(delivery.options.keys) }

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await delivery.settings()
            guard file.lowercased().hasSuffix(".csv") else {
                throw DeliveryError(.source, "Only CSV file format is supported.")
            }
            let request = RunRequest(source: .file(path: file), options: settings.reading)
            try await HeadlessRun(settings, usesSandbox: false, report: .sentence, console: console)
                .deliverAndReport { try await $0.start(request) }
        }
    }
}
