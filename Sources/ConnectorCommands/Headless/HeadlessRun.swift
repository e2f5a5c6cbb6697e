import ArgumentParser
import DeliveryEngine
import DeliveryModel
import Foundation
import HTTPListener
import UnixSignals

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
    /// Listens as long as the run goes.
    var listener: HTTPListener?

    /// Starts a run, follows it to its end and ends the process with the status that says how it went.
    /// - Parameter begin: starts the run; `nil` means that there is nothing to do, in the given words.
    func carryThrough(
        nothing: String = "", _ begin: @escaping @Sendable (any DeliveryService) async throws -> RunID?
    ) async throws {
        let interruption = Interruption()
        let summary: RunSummary? = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await watchSignals(interruption) }
            defer { group.cancelAll() }
            return try await connector.run {
                guard let run = try await begin(connector.engine) else { return RunSummary?.none }
                await interruption.began()
                try await listener?.start()
                let summary = try await follow(run)
                await listener?.stop()
                return summary
            }
        }
        guard let summary else {
            if report == .json { Console.result("null") } else { console.note(nothing) }
            return
        }
        try print(summary)
        if let signal = await interruption.signal, summary.state != .done { throw ExitCode(128 + signal) }
        let isComplete = summary.state == .done && summary.counts.failed == 0
        if !isComplete { throw ExitCode.failure }
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

    private func watchSignals(_ interruption: Interruption) async {
        await withDiscardingTaskGroup { group in
            for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                let number = signal.rawValue
                guard await interruption.note(number) else {
                    // Nothing began, or it is the second signal: what is journaled is safe, so end at once.
                    console.setBar("")
                    _exit(128 + number)
                }
                console.note("Stopping: requests in flight may end. Once more to stop at once.")
                group.addTask { await connector.engine.shutDown(reason: "interrupted by \(signal)") }
            }
        }
    }

    /// What the signals so far mean.
    private actor Interruption {
        private(set) var signal: CInt?
        private var hasBegun = false

        func began() { hasBegun = true }

        /// - Returns: whether to stop in order; otherwise at once.
        func note(_ number: CInt) -> Bool {
            defer { signal = number }
            return hasBegun && signal == nil
        }
    }
}
