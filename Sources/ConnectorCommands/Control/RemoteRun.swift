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

    /// A process that is ending first delivers what it has begun.
    private static let patience = Duration.seconds(60)

    /// - Parameters:
    ///   - rest: what is to be delivered.
    ///   - sources: what the items are, when each of them is delivered as a run of its own.
    ///   - nothing: what is said when there is nothing to do.
    ///   - begin: starts the run of the item at a place; `nil` means that there is nothing to do.
    /// - Returns: what is left for this process to do, since the other one has ended; `nil` when everything is reported.
    func deliverAndReport(
        _ rest: RemainingWork, sources: [String] = [], nothing: String = "",
        _ begin: @escaping @Sendable (Int, any DeliveryService) async throws -> RunID?
    ) async throws -> RemainingWork? {
        guard let first = try await firstState() else { return rest }
        let remote = RemoteDelivery(client, first: first)
        try checkAPI(remote)
        console.note("Process \(remote.process) is using \(client.directory.path); this command only follows it.")
        let left = try await withThrowingTaskGroup(of: Void.self) { group in
            let followed = FollowedWork(rest, sources: sources, remote: remote, console: console)
            group.addTask { await remote.run() }
            group.addTask { await followed.watch(report, settings) }
            defer { group.cancelAll() }
            return try await deliver(rest, of: sources, remote, followed, begin)
        }
        guard left.items.isEmpty else { return left }
        try left.report.write(
            as: report, console: console, nothing: nothing, options: settings.repeatedOptions)
        if !left.report.runs.isEmpty, !left.report.isComplete { throw ExitCode.failure }
        return nil
    }

    /// - Returns: `nil` when the process has just ended.
    private func firstState() async throws -> ControlState? {
        do {
            return try await client.state()
        } catch {
            guard error.code == .ending else { throw error }
            return nil
        }
    }

    /// Has the items delivered one after the other. As when a command delivers by itself, a source that can't be read keeps
    /// no other from being delivered.
    /// - Returns: what the process did not begin, since it has ended.
    private func deliver(
        _ work: RemainingWork, of sources: [String], _ remote: RemoteDelivery, _ followed: FollowedWork,
        _ begin: @escaping @Sendable (Int, any DeliveryService) async throws -> RunID?
    ) async throws -> RemainingWork {
        var work = work
        var obstacle: String?
        while let item = work.items.first {
            if let obstacle {
                work.items = work.items.dropFirst()
                work.report.runs.append(RunSummary(notStarted: sources[item], since: obstacle))
                continue
            }
            var newest: RunID?
            var isAsked = false
            let run: RunID?
            do {
                if !sources.isEmpty { newest = try await remote.runs(limit: 1, before: nil).first?.id }
                isAsked = true
                run = try await begin(item, remote)
            } catch let error as DeliveryError where error.code == .ending || error.code == .locked {
                try await waitForEnd(of: remote, after: error)
                if error.code == .locked, isAsked {
                    guard !sources.isEmpty, try await newestRun() == newest else { throw error }
                }
                console.note("Process \(remote.process) has ended; this command continues by itself.")
                return work
            } catch let error as DeliveryError
                where sources.indices.contains(item) && (error.code == .source || work.report.isSeveral)
            {
                console.note(Console.visible(error.message, isLine: true))
                work.items = work.items.dropFirst()
                try add(
                    await remote.refusedRun(error)
                        ?? RunSummary(notRun: sources[item], reason: error.message, isFault: true),
                    to: &work)
                await followed.stands(work)
                // What is wrong with more than the source is wrong for all that follow.
                if error.code != .source { obstacle = error.message }
                continue
            }
            work.items = work.items.dropFirst()
            guard let run else { continue }
            await followed.stands(work, following: run)
            let summary = try await finished(run, remote)
            try add(summary, to: &work)
            await followed.stands(work)
            if case .stopped(let reason) = summary.state, !sources.isEmpty { obstacle = reason }
        }
        return work
    }

    private func add(_ summary: RunSummary, to work: inout RemainingWork) throws {
        work.report.runs.append(summary)
        guard report == .text, work.report.isSeveral, summary.id.rawValue > 0 else { return }
        for line in SummaryText.lines(summary, options: settings.repeatedOptions) { try Console.result(line) }
    }

    private func waitForEnd(of remote: RemoteDelivery, after error: DeliveryError) async throws {
        if try await client.hasEnded(within: .seconds(1)) { return }
        console.note("Waiting for process \(remote.process) to end.")
        guard try await client.hasEnded(within: Self.patience) else { throw error }
    }

    /// The newest run in the journal of a process that is gone.
    private func newestRun() async throws -> RunID? {
        try await PastRuns.of(settings) { try await $0.journal?.runs(limit: 1).first?.id }
    }

    /// Follows a run. A process that ends with it is not there to be asked any more; then the journal says what became of
    /// the run.
    private func finished(_ run: RunID, _ remote: RemoteDelivery) async throws -> RunSummary {
        do {
            return try await ProgressReporter(console: console, service: remote).finished(run)
        } catch let error as DeliveryError where error.code == .locked || error.code == .ending {
            guard let summary = try await PastRuns.of(settings, { try await $0.run(run) }),
                !summary.state.isActive || summary.state == .paused
            else { throw error }
            if summary.isResumable {
                console.note(
                    "Process \(remote.process) ended before run \(run) did. Resume it with: "
                        + SummaryText.command("resume", summary, settings.repeatedOptions)
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
