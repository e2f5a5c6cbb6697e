import NIOCore

extension RecordBatch {
    /// Remembers the visitors of the records from `first` on, and leaves out those that `visitors` knows, if that is the
    /// policy.
    ///
    /// - Returns: the notice of those it knows.
    mutating func compare(
        from first: Int, with visitors: VisitorTable, _ policy: RepeatPolicy
    ) throws -> Notice? {
        var known: [Int] = []
        try body.withUnsafeReadableBytes { body in
            for record in first..<count {
                let item = UnsafeRawBufferPointer(rebasing: body[itemStart(of: record)..<Int(entries[record].body)])
                if try !visitors.insert(item) { known.append(record) }
            }
        }
        guard let place = known.first else { return nil }
        let notice = Notice(
            policy == .skip ? .repeatedVisitorsSkipped : .repeatedVisitors, count: known.count,
            example: "line \(entries[place].line)")
        if policy == .skip { remove(known, as: .repeated) }
        return notice
    }

    /// Takes records out, and counts them. The others move together.
    ///
    /// - Parameter records: in ascending order, one at least.
    mutating func remove(_ records: [Int], as reason: ReasonCode) {
        var kept = records[0]
        var bodyEnd = itemStart(of: kept)
        var storedEnd = kept == 0 ? 0 : Int(entries[kept - 1].stored)
        let bodyStarts = records[0]..<count
        var isRemoved = records[...]
        var itemStart = bodyEnd
        var textStart = storedEnd
        for record in bodyStarts {
            let entry = entries[record]
            // With the comma behind it.
            let item = itemStart..<Int(entry.body) + 1
            let text = textStart..<Int(entry.stored)
            (itemStart, textStart) = (item.upperBound, text.upperBound)
            if isRemoved.first == record {
                isRemoved.removeFirst()
                continue
            }
            Self.move(item, to: bodyEnd, in: &body)
            Self.move(text, to: storedEnd, in: &stored)
            bodyEnd += item.count
            storedEnd += text.count
            entries[kept] = Entry(stored: UInt32(storedEnd), body: UInt32(bodyEnd - 1), line: entry.line)
            kept += 1
        }
        body.moveWriterIndex(to: bodyEnd)
        stored.moveWriterIndex(to: storedEnd)
        tally[reason] += count - kept
        count = kept
    }

    private static func move(_ bytes: Range<Int>, to start: Int, in buffer: inout ByteBuffer) {
        buffer.withUnsafeMutableReadableBytes { all in
            let target = UnsafeMutableRawBufferPointer(rebasing: all[start..<start + bytes.count])
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[bytes]))
        }
    }
}
