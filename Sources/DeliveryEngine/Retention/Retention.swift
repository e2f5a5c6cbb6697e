import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import SystemPackage

/// Forgets what is past its time, beside the deliveries: in the store, and what belongs to it in the state directory.
struct Retention: Sendable {
    let policy: RetentionPolicy
    let store: any DurableStore
    let directory: StateDirectory
    /// Where `unsent_YYYY-MM-DD.csv` lies.
    let unsent: FilePath
    let logger: Logger
    /// Whether other processes remove runs from the store, of which files may lie here.
    var isShared = false

    private static let interval: Duration = .seconds(3600)

    /// Works now and then until the task is canceled.
    func run() async {
        repeat {
            do throws(DeliveryError) {
                let count = try await forget(at: Date())
                if count > 0 { logger.notice("\(count) runs are past their time and were removed") }
            } catch {
                // A full or broken disk is said by those who deliver; this waits for its next turn.
                if !Task.isCancelled { logger.warning("old runs stay in the journal for now: \(error.message)") }
            }
        } while (try? await Task.sleep(for: Self.interval)) != nil
    }

    /// Ends early when the task is canceled: what is left goes the next time.
    /// - Returns: how many runs were forgotten.
    func forget(at now: Date) async throws(DeliveryError) -> Int {
        var count = 0
        if let rule = policy.rule(at: now) {
            while case let runs = try await store.forgettableRuns(rule, limit: 50), !runs.isEmpty {
                for run in runs {
                    guard try await forget(run, rule) else { return count }
                    count += 1
                }
            }
            if isShared { try await removeFiles(ofRunsBefore: rule.endedBefore) }
        }
        let oldest = now.addingTimeInterval(-RetentionPolicy.keySeconds)
        while !Task.isCancelled, try await store.forgetSomeKeys(answeredBefore: oldest) {}
        let audited = now.addingTimeInterval(-AuditRetention.seconds)
        let counted = now.addingTimeInterval(-AuditRetention.countSeconds)
        while !Task.isCancelled, try await store.forgetSomeAudit(before: audited, countsBefore: counted) {}
        while !Task.isCancelled, try await store.giveBackSomeSpace() {}
        return count
    }

    /// Removes what lies here of runs that another process has forgotten.
    private func removeFiles(ofRunsBefore end: Date) async throws(DeliveryError) {
        let folder = directory.runs
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] {
            let path = folder.appending(name)
            var status = stat()
            guard !Task.isCancelled, let run = RunID(argument: name), stat(path.string, &status) == 0,
                Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec)) < end, try await store.run(run) == nil
            else { continue }
            try? FileManager.default.removeItem(atPath: path.string)
        }
    }

    /// The run itself goes last: a process that dies in between finds it again.
    private func forget(_ run: ForgettableRun, _ rule: RetentionRule) async throws(DeliveryError) -> Bool {
        while !Task.isCancelled, try await store.forgetSomeRecords(of: run.id, rule) {}
        if Task.isCancelled { return false }
        if let day = run.unsentDay { try await UnsentFile.update(day, in: unsent, archive: store) }
        try? FileManager.default.removeItem(
            atPath: directory.rejected(of: run.id).removingLastComponent().string)
        if case .spool = run.location, let path = directory.path(of: run.location) { unlink(path) }
        return try await store.forgetRun(run.id, rule)
    }
}
