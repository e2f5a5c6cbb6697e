public import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import GRDB

extension Journal {
    public func addFixed(
        _ records: [FixedRecord], to run: RunID?, _ new: NewRun, of origin: RunID
    ) async throws(DeliveryError) -> (run: RunID?, added: Int) {
        try await write { database in
            try Self.checkBinding(database, of: origin, new.binding)
            var id = run
            var position = 0
            if let run {
                position =
                    try Int.fetchOne(
                        database, sql: "SELECT count(*) FROM stored_record WHERE run = ?", arguments: [run.rawValue])
                    ?? 0
            }
            let start = position
            for record in records {
                let root: Int64
                switch record.origin {
                case .failure(let failure):
                    let isFree = try Bool.fetchOne(
                        database.cachedStatement(
                            sql: """
                                SELECT EXISTS (
                                    SELECT 1 FROM failure WHERE id = ? AND \(FailureSQL.open) AND retrying_in IS NULL
                                )
                                """),
                        arguments: [failure])
                    guard isFree == true else { continue }
                    root = failure
                case .rejected(let failure):
                    try failure.insert(into: database, run: origin)
                    root = database.lastInsertedRowID
                }
                let target = try id ?? new.insert(into: database)
                id = target
                try StoredRecord(line: record.line, fields: record.fields, root: root)
                    .insert(into: database, run: target, position: position)
                try Self.claim(database, root: root, for: target)
                position += 1
            }
            return (id, position - start)
        }
    }

    public func dialect(of run: RunID) async throws(DeliveryError) -> CSVDialect? {
        try await read { database in
            let text = try String.fetchOne(
                database, sql: "SELECT dialect FROM run WHERE id = ?", arguments: [run.rawValue])
            return try text.map { try JSONText.decode(from: $0) }
        }
    }

    public func failureLines(of run: RunID) async throws(DeliveryError) -> Set<Int> {
        try await read { database in
            try Int.fetchSet(
                database, sql: "SELECT line FROM failure WHERE run = ? AND was_rejected", arguments: [run.rawValue])
        }
    }
}
