import DeliveryModel
import DeliveryStore
public import Foundation

extension MemoryLedger {
    public func recordsSent(to api: String?, in period: Range<Date>) -> Int {
        let counts = api.flatMap { sent[$0] } ?? [:]
        return SentPeriod.numbers(in: period).reduce(0) { $0 + counts[$1, default: 0] }
    }

    mutating func note(_ entry: AuditEntry) {
        if !audit.contains(where: { $0.creation == entry.creation }) { audit.append(entry) }
    }

    /// Newest first.
    func audited(_ query: AuditQuery) -> [AuditEntry] {
        let entries = audit.reversed().filter { entry in
            (query.since.map { entry.at >= $0 } ?? true) && (query.run == nil || entry.run == query.run)
        }
        return entries.prefix(query.limit).map { entry in
            var entry = entry
            if entry.command == .send, entry.records == nil {
                entry.records = entry.run.flatMap { runs[$0] }.map { counts(of: $0).sent }
            }
            return entry
        }
    }

    mutating func forgetAudit(before oldest: Date, countsBefore: Date) {
        audit.removeAll { $0.at < oldest }
        for api in sent.keys {
            sent[api] = sent[api]?.filter { $0.key >= SentPeriod.number(of: countsBefore) }
        }
    }
}
