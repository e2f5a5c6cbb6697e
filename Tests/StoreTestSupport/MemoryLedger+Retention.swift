import DeliveryModel
import DeliveryStore
import Foundation

extension MemoryLedger {
    func forgettable(_ rule: RetentionRule, limit: Int) -> [ForgettableRun] {
        let past = runs.values.filter { isPastItsTime($0, rule) }
        return past.sorted { ($0.end, $0.id) < ($1.end, $1.id) }.prefix(limit).map { run in
            ForgettableRun(
                id: run.id, location: run.new.location, unsentDay: run.undelivered > 0 ? run.new.localDay : nil)
        }
    }

    private func isPastItsTime(_ run: Run, _ rule: RetentionRule) -> Bool {
        guard !run.isOpen, run.end < rule.endedBefore else { return false }
        if run.undelivered > 0 {
            guard let before = rule.undeliveredBefore, run.end < before else { return false }
        }
        if run.end >= rule.keyedBefore, keys.values.contains(where: { $0.run == run.id }) { return false }
        return !failures.values.contains { $0.record.run == run.id && $0.record.retryingIn != nil }
    }

    /// - Returns: whether some were removed.
    mutating func forgetSomeRecords(of id: RunID, _ rule: RetentionRule) -> Bool {
        guard let run = runs[id], isPastItsTime(run, rule) else { return false }
        let some = failuresOf[id, default: []].prefix(500)
        for failure in some {
            failuresOf[id]?.remove(failure)
            guard let known = failures[failure], known.record.run == id else {
                failures[failure]?.triedIn.remove(id)
                continue
            }
            for retry in known.triedIn { failuresOf[retry]?.remove(failure) }
            failures[failure] = nil
        }
        return !some.isEmpty
    }

    mutating func forgetRun(_ id: RunID, _ rule: RetentionRule) -> Bool {
        guard let run = runs[id], isPastItsTime(run, rule), failuresOf[id, default: []].isEmpty else { return false }
        if run.undelivered > 0 {
            for index in deliveries.indices where deliveries[index].delivery.run == id {
                deliveries[index].delivery.lacksRecords = true
            }
        }
        forgotten.add(summary(of: run))
        forgotten.counts.pending = 0
        forgotten.runs = [:]
        runs[id] = nil
        failuresOf[id] = nil
        return true
    }

    mutating func forgetSomeKeys(answeredBefore oldest: Date) -> Bool {
        let old = keys.filter { isExpired($0.value, oldest) }.keys.prefix(500)
        for key in old { keys[key] = nil }
        return old.count == 500
    }

    private func isExpired(_ key: Key, _ oldest: Date) -> Bool {
        guard key.created < oldest else { return false }
        guard let run = key.run.flatMap({ runs[$0] }) else { return true }
        return !run.isOpen && run.endedAt.map { $0 < oldest } == true
    }
}

extension MemoryLedger.Run {
    fileprivate var end: Date { endedAt ?? new.startedAt }
}
