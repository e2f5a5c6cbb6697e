import DeliveryModel
import Foundation
import UnixSignals

/// How far a command that follows another process has come, for what it says when it is interrupted: what it asked for
/// continues there.
actor FollowedWork {
    private let sources: [String]
    private let remote: RemoteDelivery
    private let console: Console
    private var work: RemainingWork
    /// The run that is followed now.
    private var run: RunID?

    /// - Parameter sources: what the items are, when each of them is delivered as a run of its own.
    init(_ work: RemainingWork, sources: [String], remote: RemoteDelivery, console: Console) {
        self.work = work
        self.sources = sources
        self.remote = remote
        self.console = console
    }

    /// - Parameter run: what the process delivers of it now; `nil` between two runs.
    func stands(_ work: RemainingWork, following run: RunID? = nil) {
        self.work = work
        self.run = run
    }

    /// Ends this process at the first signal, after it has said how things stand.
    func watch(_ report: HeadlessRun.Report, _ settings: Settings) async {
        for await signal in await UnixSignalsSequence(trapping: StopSignals.ending(onHangup: true)) {
            console.setBar("")
            let standing = standing
            if let run {
                console.note(
                    "Run \(run) continues in process \(remote.process). "
                        + "Stop it with: data-connector stop \(run)\(settings.repeatedStateOptions)")
            } else if sources.indices.contains(work.items.lowerBound) {
                let name = Console.visible(sources[work.items.lowerBound], isLine: true)
                console.note("It isn't known whether \(name) was started. See: data-connector runs")
            }
            if report == .json || !standing.runs.isEmpty {
                try? standing.write(as: report, console: console, nothing: "", options: settings.repeatedOptions)
            }
            _exit(128 + signal.rawValue)
        }
    }

    /// The ended runs, the present one as far as it is, and what nobody has begun.
    private var standing: DeliveryReport {
        var report = work.report
        if let run, let summary = remote.snapshot().run(run)?.summary { report.runs.append(summary) }
        for source in sources.indices where work.items.dropFirst(run == nil ? 1 : 0).contains(source) {
            report.runs.append(RunSummary(notStarted: sources[source], since: "interrupted"))
        }
        return report
    }
}
