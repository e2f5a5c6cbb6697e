import ArgumentParser
import CustomerRecords
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation

/// `data-connector retry [RUN]`: sends what failed again.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Deliver the failed records of a run again (default: the latest that has any).")

    @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
    var run: RunArgument?

    @Flag(help: "Deliver to a simulated API in this process.")
    var sandbox = false

    @Flag(help: "Print the summary as one JSON object.")
    var json = false

    @OptionGroup var delivery: DeliveryArguments

    private static let nothing = "Nothing to retry: no failed records."

    func validate() throws { try OptionUse(work: .retry, usesSandbox: sandbox).check(delivery.options.keys) }

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await delivery.settings()
            let report: HeadlessRun.Report = json ? .json : .text
            if !sandbox, let client = ControlClient(StateDirectory(path: settings.stateDirectory)) {
                try delivery.refuseServiceOptions()
                return try await RemoteRun(client: client, console: console, report: report)
                    .deliverAndReport(
                        nothing: Self.nothing,
                        [
                            { [run] service in
                                try await Self.begin(run?.id, service) {
                                    try await service.runs(limit: 100, before: nil).first { $0.undelivered > 0 }?.id
                                }
                            }
                        ])
            }
            let wanted = run?.id
            try await HeadlessRun(settings, usesSandbox: sandbox, report: report, console: console)
                .deliverAndReport(nothing: Self.nothing) { engine in
                    try await Self.begin(wanted, engine) { try await engine.newestRunToRetry() }
                }
        }
    }

    private static func begin(
        _ wanted: RunID?, _ service: any RunControl & RunLookup & FailureList, newest: () async throws -> RunID?
    ) async throws -> RunID? {
        let failed: Set<FailedRecord.Kind> = [.retryable, .permanent]
        func hasFailures(_ run: RunID) async throws -> Bool {
            try await service.failureCount(FailureQuery(run: run, kinds: failed)) > 0
        }
        var candidate = wanted
        if let wanted {
            guard try await service.run(wanted) != nil else {
                throw DeliveryError(.notFound, "There is no run \(wanted). `data-connector runs` lists all runs.")
            }
        } else {
            candidate = try await newest()
        }
        guard let candidate, try await hasFailures(candidate) else { return nil }
        return try await service.retry(candidate, .matching(FailureQuery(run: candidate, kinds: failed)))
    }
}

/// A run's number as an argument.
struct RunArgument: ExpressibleByArgument {
    let id: RunID

    init?(argument: String) {
        guard let id = RunID(argument: argument) else { return nil }
        self.id = id
    }
}
