import ArgumentParser
import CustomerRecords
import DeliveryEngine
import DeliveryModel
import Foundation
import RunHooks
import ShowAdsAPI
import UnixSignals

/// Carries deliveries through without a UI: progress, signals, summary, exit status.
struct HeadlessRun: Sendable {
    enum Report: Sendable {
        case text
        case json
        /// The one line that the Python connector printed.
        case sentence
    }

    let lifetime: Lifetime
    let console: Console
    let report: Report
    let hooks: HookRunner
    /// Whether content that was delivered before is not sent again.
    var once = false

    private var connector: Connector { lifetime.connector }

    /// Starts a run, follows it to its end and ends the process with the status that says how it went.
    /// - Parameter begin: starts the run; `nil` means that there is nothing to do, in the given words.
    func deliverAndReport(
        nothing: String = "", _ begin: @escaping @Sendable (Engine) async throws -> RunID?
    ) async throws {
        try await deliverAndReport(nothing: nothing) { signals in
            let summary = try await deliver(signals, begin)
            return DeliveryReport(runs: summary.map { [$0] } ?? [], isSeveral: false)
        }
    }

    /// Delivers sources one after the other; a fault of one of them does not keep the others from being delivered. A source
    /// that is refused is reported, and told to the hooks, as a run that failed.
    func deliverAndReport(
        _ sources: [String], _ rest: RemainingWork, _ request: @escaping @Sendable (String) -> RunRequest
    ) async throws {
        try await deliverAndReport(nothing: "") { signals in
            var report = rest.report
            var obstacle: String?
            for source in sources[rest.items] {
                if let obstacle {
                    report.runs.append(RunSummary(notStarted: source, since: obstacle))
                    continue
                }
                let summary: RunSummary
                do {
                    guard let run = try await deliver(source, request, signals) else { continue }
                    summary = run
                } catch let error as DeliveryError where report.isSeveral && error.code == .ending {
                    obstacle = "interrupted"
                    report.runs.append(RunSummary(notStarted: source, since: "interrupted"))
                    continue
                } catch let error as DeliveryError where report.isSeveral || error.code == .source {
                    console.note(Console.visible(error.message, isLine: true))
                    summary =
                        await connector.engine.refusedRun(error)
                        ?? RunSummary(notRun: source, reason: error.message, isFault: true)
                    // What is wrong with more than the source is wrong for all that follow.
                    if error.code != .source { obstacle = error.message }
                }
                if case .stopped(let reason) = summary.state { obstacle = reason }
                report.runs.append(summary)
                if self.report == .text, report.isSeveral, summary.id.rawValue > 0 {
                    for line in SummaryText.lines(summary, options: connector.settings.repeatedOptions) {
                        try Console.result(line)
                    }
                }
            }
            return report
        }
    }

    private func deliverAndReport(
        nothing: String, _ work: @escaping @Sendable (StopSignals) async throws -> DeliveryReport
    ) async throws {
        // With certificates of its own, SIGHUP has them read again. Otherwise it says that the terminal is gone.
        let readsCertificates = !connector.settings.connection.tlsFiles.isEmpty
        let signals = StopSignals(
            console: console, endsOnHangup: lifetime.live == nil && !readsCertificates,
            options: connector.settings.repeatedOptions)
        let report = try await withThrowingTaskGroup(of: Void.self) { group in
            if readsCertificates, lifetime.live == nil { group.addTask { await readCertificatesOnHangup() } }
            group.addTask {
                await signals.watch { signal in
                    await lifetime.end(.init(reason: "interrupted by \(signal)"))
                }
            }
            defer { group.cancelAll() }
            let report = try await lifetime.run { try await work(signals) }
            try report.write(
                as: self.report, console: console, nothing: nothing, options: connector.settings.repeatedOptions)
            if !report.runs.isEmpty { try await hooks.serving { hooks.notify(try report.json) } }
            return report
        }
        if report.runs.isEmpty { return }
        if let signal = await signals.received, !report.runs.allSatisfy({ $0.state == .done || $0.state == .skipped }) {
            throw ExitCode(128 + signal)
        }
        if !report.isComplete { throw ExitCode.failure }
    }

    private func readCertificatesOnHangup() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            do {
                try await connector.engine.reloadCertificates()
                console.note("The certificates were read again.")
            } catch {
                console.note("The certificates can't be read again; the ones before stay in use: \(error)")
            }
        }
    }

    private func deliver(
        _ signals: StopSignals, _ begin: (Engine) async throws -> RunID?
    ) async throws -> RunSummary? {
        guard let run = try await begin(connector.engine) else { return nil }
        await signals.began(run)
        // Said now, while it can be stopped.
        if let open = try await connector.engine.run(run)?.notices.first(where: { $0.code == .openRun }) {
            console.note(open.text)
        }
        let summary = try await ProgressReporter(console: console, service: connector.engine).finished(run)
        await signals.began()
        return summary
    }

    /// Delivers a source; with `once`, what is left of it.
    private func deliver(
        _ source: String, _ request: (String) -> RunRequest, _ signals: StopSignals
    ) async throws -> RunSummary? {
        let request = request(source)
        guard once else { return try await deliver(signals) { try await $0.start(request) } }
        switch try await connector.engine.sentBefore(source, options: request.options) {
        case .never: return try await deliver(signals) { try await $0.start(request) }
        case .delivered(let run):
            return RunSummary(skipping: source, request.options, duplicateOf: run)
        case .interrupted(let run):
            return try await deliver(signals) { service in
                do {
                    try await service.resume(run)
                } catch let error as DeliveryError where error.code == .source {
                    throw DeliveryError(
                        .conflict,
                        "\(source) has the content of run \(run), which was interrupted and can't be resumed: "
                            + "\(error.message) To send the rest, restore that file; to send all of it again, leave out --once."
                    )
                }
                return run
            }
        case .discarded(let run, let sent):
            throw DeliveryError(
                .conflict,
                "\(source) \(SentBefore.discardedText(run, sent: sent)) To send all of it again, leave out --once.")
        case .forgotten(let run):
            throw DeliveryError(
                .conflict,
                "\(source) \(SentBefore.forgottenText(run)) To send all of it again, leave out --once.")
        case .undelivered(let run):
            let failed = FailureQuery.failed(in: run)
            return try await deliver(signals) { try await $0.retry(run, .matching(failed)) }
        case .active(let run):
            throw DeliveryError(.conflict, "\(source) is being sent right now, in run \(run).")
        }
    }
}

extension HeadlessRun {
    /// A run that nothing else goes beside.
    init(
        _ settings: Settings, usesSandbox: Bool, report: Report, console: Console
    ) async throws {
        let log = ConnectorLog()
        log.setConsole { console.note($0) }
        let hooks = try settings.hooks.hooks(
            ownsTerminal: false, logger: log.logger("hooks", level: settings.logLevel))
        let connector = try await Connector(
            settings, log: log, useSandbox: usesSandbox, giveUpAfter: settings.giveUpAfter)
        self.init(
            lifetime: Lifetime(connector: connector, deliversAccepted: true), console: console, report: report,
            hooks: hooks)
    }
}
