import ArgumentParser
import DeliveryModel
import DeliveryStore
import Foundation
import ShowAdsAPI

/// Has the running process do what a command asks for, and follows it to its end.
struct RemoteRun: Sendable {
    let client: ControlClient
    let console: Console
    let report: HeadlessRun.Report
    let settings: Settings

    /// - Parameter begin: starts each run; `nil` means that there is nothing to do, in the given words.
    func deliverAndReport(
        nothing: String = "", _ begin: [@Sendable (any DeliveryService) async throws -> RunID?]
    ) async throws {
        let remote = RemoteDelivery(client, first: try await client.state())
        try checkAPI(remote)
        var ended = DeliveryReport(runs: [], isSeveral: begin.count > 1)
        console.note("Process \(remote.process) is using \(client.directory.path); this command only follows it.")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await remote.run() }
            defer { group.cancelAll() }
            for begin in begin {
                guard let run = try await begin(remote) else { continue }
                ended.runs.append(try await finished(run, remote))
            }
        }
        try ended.write(as: report, console: console, nothing: nothing)
        if !ended.runs.isEmpty, !ended.isComplete { throw ExitCode.failure }
    }

    /// Follows a run. A process that ends with it is not there to be asked any more; then the journal says what became of
    /// the run.
    private func finished(_ run: RunID, _ remote: RemoteDelivery) async throws -> RunSummary {
        do {
            return try await ProgressReporter(console: console, service: remote).finished(run)
        } catch let error as DeliveryError where error.code == .locked {
            guard let summary = try await PastRuns.of(settings, { try await $0.run(run) }), !summary.state.isActive
            else { throw error }
            if summary.isResumable {
                console.note(
                    "Process \(remote.process) ended before run \(run) did. Resume it with: data-connector resume \(run)"
                )
            }
            return summary
        }
    }

    /// What is meant for one API must not be delivered to another.
    private func checkAPI(_ remote: RemoteDelivery) throws(DeliveryError) {
        guard let apiURL = settings.apiURL, let wanted = try? APIEndpoint(apiURL, allowsInsecureHTTP: true).address,
            let used = remote.snapshot().apiAddress, used != wanted
        else { return }
        throw DeliveryError(
            .conflict,
            "Process \(remote.process) delivers to \(used), and these settings name \(wanted). "
                + "Nothing was sent. Specify the same address, or another --state-dir.")
    }
}
