import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import GRDB

/// How a person's keys are taken out of lists.
extension Journal {
    func secrets() async throws(DeliveryError) -> [DeliveryList] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT id, secret FROM list ORDER BY id").map {
                DeliveryList(id: $0["id"], secret: DeliverySecret(bytes: Array($0["secret"] as Data)))
            }
        }
    }

    /// Takes keys out of a list.
    /// - Returns: how many there were.
    func eraseDelivered(_ keys: [DeliveryKey], from list: Int64, isDryRun: Bool) async throws(DeliveryError) -> Int {
        let sorted = keys.sorted()
        let count = try await delivered(sorted, in: list).count { $0 }
        guard count > 0, !isDryRun else { return count }
        let erased = Set(keys)
        await takeFiles(of: list)
        defer { giveBackFiles(of: list) }
        do {
            try await write { database in
                for row in try Row.fetchAll(
                    database, sql: "SELECT id, keys FROM list_entry WHERE list = ?", arguments: [list])
                {
                    let known = [DeliveryKey](bytes: row["keys"])
                    let kept = known.filter { !erased.contains($0) }
                    if kept.count < known.count {
                        try database.execute(
                            sql: "UPDATE list_entry SET keys = ? WHERE id = ?",
                            arguments: [kept.bytes, row["id"] as Int64])
                    }
                }
            }
            for part in try await read({ try Self.parts($0, of: list) }) {
                var file = try KeyFile(keyFile(list, part.number))
                defer { file.close() }
                var found = Array(repeating: false, count: sorted.count)
                try file.find(sorted, into: &found)
                guard found.contains(true) else { continue }
                let number = try await nextPart(of: list)
                var writer = try KeyFileWriter(keyFile(list, number))
                for start in stride(from: 0, to: file.count, by: 1 << 16) {
                    for key in try file.keys(start, min(1 << 16, file.count - start)) where !erased.contains(key) {
                        try writer.add(key)
                    }
                }
                try await replace([part], by: number, records: try writer.finish(), of: list)
            }
        } catch {
            throw unusable(list, error)
        }
        return count
    }
}
