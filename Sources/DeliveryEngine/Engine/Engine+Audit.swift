public import DeliveryModel
import DeliveryStore
import Foundation
import Logging

/// Who did what.
extension Engine {
    /// Who asks for a run when nobody else is named.
    public static let operatorName = "\(NSUserName())@\(RunOwner.current.node)"

    /// Who asks for what is being done now.
    public static var asker: Operator {
        Operator.current ?? Operator(who: operatorName, from: Operator.commandLine)
    }

    public nonisolated func audit(_ query: AuditQuery) async throws(DeliveryError) -> [AuditEntry] {
        try await journal.audit(query)
    }

    /// What is noted in the commit that creates a run.
    static func creating(_ command: AuditEntry.Command) -> AuditEntry {
        AuditEntry(at: Date(), by: asker, command)
    }

    /// Makes durable what somebody did, after everything that the scheduler has recorded of it.
    func note(_ command: AuditEntry.Command, run: RunID? = nil, records: Int? = nil) async throws(DeliveryError) {
        // What an operator wants while the journal can't be written is kept, and noted by nobody.
        guard scheduler.journalFault == nil else { return }
        try await commits.commit([
            .audit(AuditEntry(at: Date(), by: Self.asker, command, run: run, records: records))
        ])
    }

    public func note(_ action: FaceAction) async {
        switch action {
        case .startListener: await noteIfPossible(.startListener)
        case .stopListener: await noteIfPossible(.stopListener)
        case .export(let run, let records): await noteIfPossible(.export, run: run, records: records)
        case .report(let run): await noteIfPossible(.report, run: run)
        }
    }

    /// As `note`, for what has its effect whether or not it is noted.
    func noteIfPossible(_ command: AuditEntry.Command, run: RunID? = nil, records: Int? = nil) async {
        do throws(DeliveryError) {
            try await note(command, run: run, records: records)
        } catch {
            logger.error("\(command.rawValue) is not in the audit log: \(error.message)")
        }
    }

    /// Notes something that was done to records, for each run that they stand in.
    nonisolated func note(_ command: AuditEntry.Command, records: [Int64]) async throws(DeliveryError) {
        var counts: [RunID: Int] = [:]
        for start in stride(from: 0, to: records.count, by: 1000) {
            let part = Array(records[start..<min(records.count, start + 1000)])
            for record in try await journal.failures(ids: part) { counts[record.run, default: 0] += 1 }
        }
        let asker = Self.asker
        let entries = counts.sorted { $0.key < $1.key }.map { run, count in
            JournalOperation.audit(AuditEntry(at: Date(), by: asker, command, run: run, records: count))
        }
        if !entries.isEmpty { try await commits.commit(entries) }
    }
}
