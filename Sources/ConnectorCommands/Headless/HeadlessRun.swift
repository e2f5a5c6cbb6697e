import ArgumentParser
import DeliveryEngine
import DeliveryModel
import Foundation
import HTTPListener

/// Carries one run through without a UI: progress, signals, summary, exit status.
struct HeadlessRun: Sendable {
    enum Report: Sendable {
        case text
        case json
        /// The one line that the Python connector printed.
        case sentence
    }

    let connector: Connector
    let console: Console
    let report: Report
    /// Takes submissions as long as the run goes.
    var server: Server?

    struct Server: Sendable {
        let listener: HTTPListener
        let live: LiveSettings
    }

    /// Starts a run, follows it to its end and ends the process with the status that says how it went.
    /// - Parameter begin: starts the run; `nil` means that there is nothing to do, in the given words.
    func carryThrough(
        nothing: String = "", _ begin: @escaping @Sendable (any DeliveryService) async throws -> RunID?
    ) async throws {
        let signals = StopSignals(console: console)
        let summary: RunSummary? = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await signals.watch { signal in
                    await server?.listener.stop()
                    await connector.engine.shutDown(reason: "interrupted by \(signal)")
                }
            }
            if let server { group.addTask { await server.live.watch(connector) } }
            defer { group.cancelAll() }
            return try await connector.run { try await deliver(signals, begin) }
        }
        guard let summary else {
            if report == .json { Console.result("null") } else { console.note(nothing) }
            return
        }
        try print(summary)
        if let signal = await signals.received, summary.state != .done { throw ExitCode(128 + signal) }
        let isComplete = summary.state == .done && summary.counts.failed == 0
        if !isComplete { throw ExitCode.failure }
    }

    private func deliver(
        _ signals: StopSignals, _ begin: (any DeliveryService) async throws -> RunID?
    ) async throws -> RunSummary? {
        if let server {
            // First, so that nothing has begun when the address can't be had.
            try await server.listener.start()
            await connector.resumeSubmissions()
        }
        do {
            guard let run = try await begin(connector.engine) else { return nil }
            await signals.began()
            let summary = try await follow(run)
            await stopServing()
            return summary
        } catch {
            await stopServing()
            throw error
        }
    }

    /// Takes nothing more, and waits until what was accepted is delivered.
    private func stopServing() async {
        guard let server else { return }
        await server.listener.stop()
        for run in connector.engine.snapshot().runs where run.state.isActive {
            _ = try? await connector.engine.finished(run.id)
        }
    }

    private func follow(_ run: RunID) async throws -> RunSummary {
        try await withThrowingTaskGroup(of: RunSummary?.self) { group in
            let reporter = ProgressReporter(console: console, service: connector.engine)
            group.addTask {
                await reporter.follow(run)
                return nil
            }
            group.addTask { try await connector.engine.finished(run) }
            for try await summary in group {
                guard let summary else { continue }
                group.cancelAll()
                return summary
            }
            throw CancellationError()
        }
    }

    private func print(_ summary: RunSummary) throws {
        switch report {
        case .text:
            for line in SummaryText.lines(summary) { Console.result(line) }
        case .json:
            Console.result(try SummaryJSON.text(summary))
        case .sentence:
            Console.result("Successfully sent \(summary.counts.sent) of records.")
        }
        if report != .text, let reason = summary.state.reason { console.note(reason) }
    }
}
