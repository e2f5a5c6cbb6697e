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

    @OptionGroup var delivery: DeliveryArguments

    func check(for work: OptionUse.Work) throws {
        try OptionUse(work: work, usesSandbox: sandbox).check(delivery.options.keys)
    }

    /// Delivers in this process, or follows the process that uses the state directory, and reports.
    /// - Parameters:
    ///   - nothing: what is said when there is nothing to do.
    ///   - newest: the run that is meant when none is given, in this process.
    ///   - isMeant: the same among the newest runs of another process.
    ///   - begin: has a run continue; `nil` when there is nothing to do.
    func deliver(
        nothing: String, newest: @escaping @Sendable (Engine) async throws -> RunID?,
        isMeant: @escaping @Sendable (RunSummary) -> Bool,
        begin: @escaping @Sendable (RunID, any RunControl & RunLookup & FailureList) async throws -> RunID?
    ) async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let settings = try await delivery.settings()
            let report: HeadlessRun.Report = json ? .json : .text
            let given = run?.id
            if !sandbox, let client = ControlClient(StateDirectory(path: settings.stateDirectory)) {
                try delivery.refuseServiceOptions()
                let following = RemoteRun(client: client, console: console, report: report)
                return try await following.deliverAndReport(
                    nothing: nothing,
                    [
                        { service in
                            var wanted = given
                            if wanted == nil {
                                wanted = try await service.runs(limit: 100, before: nil).first(where: isMeant)?.id
                            }
                            guard let wanted else { return nil }
                            return try await begin(wanted, service)
                        }
                    ])
            }
            let work = try await HeadlessRun(settings, usesSandbox: sandbox, report: report, console: console)
            try await work.deliverAndReport(nothing: nothing) { engine in
                var wanted = given
                if wanted == nil { wanted = try await newest(engine) }
                guard let wanted else { return nil }
                return try await begin(wanted, engine)
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
