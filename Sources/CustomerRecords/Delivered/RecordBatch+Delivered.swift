import NIOCore

/// Whose records a batch holds, for the list that they enter when they are delivered.
public struct DeliveryKeys: Sendable {
    public var list: Int64
    /// One for each record of the batch.
    public var keys: [DeliveryKey]
}

extension RecordBatch {
    /// Makes the keys of its records, which enter the list as they are acknowledged.
    public mutating func makeDeliveryKeys(for list: DeliveryList) {
        var keys: [DeliveryKey] = []
        keys.reserveCapacity(count)
        appendDeliveryKeys(of: 0..<count, list.secret, to: &keys)
        deliveryKeys = DeliveryKeys(list: list.id, keys: keys)
    }

    func appendDeliveryKeys(of records: Range<Int>, _ secret: DeliverySecret, to keys: inout [DeliveryKey]) {
        body.withUnsafeReadableBytes { body in
            for record in records {
                let item = UnsafeRawBufferPointer(rebasing: body[itemStart(of: record)..<Int(entries[record].body)])
                keys.append(DeliveryKey(of: item, secret: secret))
            }
        }
    }

    /// Leaves out the records from `first` on that were delivered before.
    ///
    /// - Parameter number: that of the first one in its source.
    mutating func leaveOutDelivered(from first: Int, _ newRecords: NewRecords, number: Int) {
        let delivered = (first..<count).filter { !newRecords.isNew(number + $0 - first) }
        if !delivered.isEmpty { remove(delivered, as: .deliveredBefore) }
    }
}
