import ArgumentParser
import DeliveryModel
import DeliveryStore
import Foundation

/// Has the running process do what a command asks for, and follows it to its end.
struct RemoteRun: Sendable {
    let client: ControlClient
    let console: Console
    let report: HeadlessRun.Report

    /// - Parameter begin: starts each run; `nil` means that there is nothing to do, in the given words.
    func deliverAndReport(
        nothing: String = "", _ begin: [@Sendable (any DeliveryService) async throws -> RunID?]
    ) async throws {
        let remote = RemoteDelivery(client, first: try await client.state())
        var ended = DeliveryReport(runs: [], isSeveral: begin.count > 1)
        console.note("Process \(remote.process) is using \(client.directory.path); this command only follows it.")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await remote.run() }
            defer { group.cancelAll() }
            for begin in begin {
                guard let run = try await begin(remote) else { continue }
                ended.runs.append(
                    try await ProgressReporter(console: console, service: remote).finished(run))
            }
        }
        try ended.write(as: report, console: console, nothing: nothing)
        if !ended.runs.isEmpty, !ended.isComplete { throw ExitCode.failure }
    }
}
