import ArgumentParser
import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation

/// What the commands that continue with a run have in common: which one, and how it is delivered.
struct ContinuingArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("Run number.", valueName: "run"))
    var run: RunArgument?

    @Flag(help: "Deliver to a simulated API in this process.")
    var sandbox = false

    @Flag(help: "Print the summary as one JSON object.")
    var json = false

    func check(_ delivery: DeliveryArguments, for work: OptionUse.Work) throws {
        try OptionUse(work: work, usesSandbox: sandbox).check(delivery.options.keys)
    }

    /// Delivers in this process, or follows the process that uses the state directory, and reports.
    /// - Parameters:
    ///   - delivery: how. It is no group of these arguments: each level of groups in groups multiplies the time that the
    ///     parser needs.
    ///   - nothing: what is said when there is nothing to do.
    ///   - newest: the run that is meant when none is given, in this process.
    ///   - isMeant: the same among the newest runs of another process.
    ///   - begin: has a run continue; `nil` when there is nothing to do.
    func deliver(
        _ delivery: DeliveryArguments, nothing: String,
        newest: @escaping @Sendable (Engine) async throws -> RunID?,
        isMeant: @escaping @Sendable (RunSummary) -> Bool,
        begin: @escaping @Sendable (RunID, any RunControl & RunLookup & FailureList) async throws -> RunID?
    ) async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await delivery.settings()
            let report: HeadlessRun.Report = json ? .json : .text
            let given = run?.id
            /// Begins with the run that was given, else with the one that is found.
            @Sendable func beginChosen(
                with service: any RunControl & RunLookup & FailureList,
                else find: () async throws -> RunID?
            ) async throws -> RunID? {
                if let given { return try await begin(given, service) }
                guard let found = try await find() else { return nil }
                return try await begin(found, service)
            }
            var opened: HeadlessRun?
            var turn = DirectoryTurn()
            while opened == nil {
                if !sandbox, let client = ControlClient(StateDirectory(path: settings.stateDirectory)) {
                    try delivery.refuseServiceOptions()
                    let following = RemoteRun(client: client, console: console, report: report, settings: settings)
                    let rest = try await following.deliverAndReport(RemainingWork(count: 1), nothing: nothing) {
                        _, service in
                        try await beginChosen(with: service) {
                            try await service.runs(limit: 100, before: nil).first(where: isMeant)?.id
                        }
                    }
                    if rest == nil { return }
                }
                opened = try await turn.open {
                    try await HeadlessRun(settings, usesSandbox: sandbox, report: report, console: console)
                }
            }
            try await opened?.deliverAndReport(nothing: nothing) { engine in
                try await beginChosen(with: engine) { try await newest(engine) }
            }
        }
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
