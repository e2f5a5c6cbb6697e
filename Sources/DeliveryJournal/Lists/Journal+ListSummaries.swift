import CustomerRecords
public import DeliveryModel
import DeliveryStore
import Foundation
import GRDB

/// What is known of the lists.
extension Journal {
    public func deliveryLists() async throws(DeliveryError) -> [DeliveryListSummary] {
        let lists = try await read(with: .lists) { database in
            try Row.fetchAll(
                database, sql: "SELECT id, name, api, created_at, used_at FROM list ORDER BY name, api"
            ).map { row in
                let api: String = row["api"]
                return (
                    id: row["id"] as Int64,
                    summary: DeliveryListSummary(
                        name: row["name"], api: api.isEmpty ? nil : api, records: 0,
                        createdAt: Date(timeIntervalSince1970: row["created_at"]),
                        usedAt: Date(timeIntervalSince1970: row["used_at"]))
                )
            }
        }
        var summaries: [DeliveryListSummary] = []
        for (id, known) in lists {
            var summary = known
            summary.records = try await count(of: id)
            summaries.append(summary)
        }
        return summaries
    }

    /// Records in a list, each once: two runs at a time may both have delivered it.
    @concurrent
    private func count(of list: Int64) async throws(DeliveryError) -> Int {
        let (parts, entries) = try await read(with: .keys) { database in
            (try Self.parts(database, of: list), try Self.entries(database, of: list, limit: .max).keys)
        }
        let stored = parts.reduce(0) { $0 + $1.records }
        let keys = Set(entries).sorted()
        // Files that can't be read are no reason not to show or remove a list.
        guard let found = try? find(keys, list, parts, []) else { return stored + keys.count }
        return stored + found.count { !$0 }
    }
}
