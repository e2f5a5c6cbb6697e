public import CustomerRecords
import DeliveryModel
public import DeliveryStore
public import Foundation

extension MemoryLedger {
    /// A list of what was delivered.
    public struct DeliveredList: Sendable {
        public var list: DeliveryList
        public var name: String
        public var api: String?
        public var createdAt: Date
        public var usedAt: Date
        public var keys: Set<DeliveryKey> = []
    }

    /// - Parameter owner: begins the list when there is none; `nil` only looks for it.
    public mutating func deliveryList(_ name: String, for api: String?, begunBy owner: RunOwner?) -> DeliveryList? {
        if let owner {
            for (id, run) in runs
            where run.isOpen && run.new.owner != owner && run.new.binding.api == api && run.new.options.onlyNew == name
            {
                runs[id]?.countInDoubt()
            }
        }
        if let known = lists.values.first(where: { $0.name == name && $0.api == api }) { return known.list }
        guard owner != nil else { return nil }
        let id = Int64(lists.count + 1)
        let new = DeliveredList(
            list: DeliveryList(id: id, secret: DeliverySecret(first: UInt64(id), second: 7)), name: name, api: api,
            createdAt: Date(timeIntervalSince1970: 0), usedAt: Date(timeIntervalSince1970: 0))
        lists[id] = new
        return new.list
    }

    mutating func removeDeliveryList(_ name: String) -> Int? {
        let removed = lists.filter { $0.value.name == name }
        for id in removed.keys { lists[id] = nil }
        return removed.isEmpty ? nil : removed.values.reduce(0) { $0 + $1.keys.count }
    }

    mutating func eraseDelivered(_ cookies: ErasedCookies) -> Int {
        var count = 0
        for (id, list) in lists {
            for key in cookies.deliveryKeys(list.list.secret) where lists[id]?.keys.remove(key) != nil { count += 1 }
        }
        return count
    }
}
