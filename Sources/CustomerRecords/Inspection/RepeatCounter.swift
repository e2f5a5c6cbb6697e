/// Counts as a dry run does, and looks at each record's visitor: whether it was delivered before, or is repeated.
final class RepeatCounter: RecordOutput {
    var result = DryRun()

    private let policy: RepeatPolicy
    private let filter: AgeFilter
    private let visitors: VisitorTable?
    private let newRecords: NewRecords?
    /// How many records the filter has admitted.
    private var number = 0
    private var item: [UInt8] = []
    private var fault: (any Error)?

    init(policy: RepeatPolicy, filter: AgeFilter, newRecords: NewRecords?) {
        self.policy = policy
        self.newRecords = newRecords
        visitors = policy == .send ? nil : VisitorTable()
        self.filter = filter
    }

    func throwFault() throws {
        if let fault { throw fault }
    }

    var room: Int { fault == nil ? .max : 0 }

    func count(_ reason: ReasonCode) { result.count(reason) }

    func accept(
        _ fields: CustomerFields, in bytes: borrowing RawSpan, age: Int, bannerID: Int, line: Int, verbatim: Range<Int>?
    ) {
        guard filter.accepts(age) else { return result.ages.add(age) }
        guard isNew() else { return }
        item.removeAll(keepingCapacity: true)
        BannerJSON.append(cookie: fields.cookie, of: bytes, bannerID: bannerID, to: &item)
        add(age: age, line: line)
    }

    func takePlainStretch(_ stretch: inout PlainStretch, in bytes: UnsafeRawBufferPointer) {
        var writer = Writer(counter: self)
        stretch.scan(bytes, into: &writer)
    }

    /// Counts the next record that the filter admits, and tells whether it was not delivered before.
    private func isNew() -> Bool {
        defer { number += 1 }
        if newRecords?.isNew(number) ?? true { return true }
        result.tally[.deliveredBefore] += 1
        return false
    }

    /// Adds the record whose item was made.
    private func add(age: Int, line: Int) {
        guard let visitors else { return result.ages.add(age) }
        do {
            if try item.withUnsafeBytes({ try visitors.insert($0) }) { return result.ages.add(age) }
        } catch {
            fault = fault ?? error
            return
        }
        let code: Notice.Code = policy == .skip ? .repeatedVisitorsSkipped : .repeatedVisitors
        result.notices.add(code, example: "line \(line)")
        if policy == .skip { result.tally[.repeated] += 1 } else { result.ages.add(age) }
    }

    private struct Writer: PlainRecordWriter {
        let counter: RepeatCounter

        mutating func write(
            _ record: UnsafeRawPointer, length: Int, cookie: UnsafeRawPointer, cookieLength: Int, age: Int,
            bannerID: Int, line: Int
        ) {
            guard counter.filter.accepts(age) else { return counter.result.ages.add(age) }
            guard counter.isNew() else { return }
            let text = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: cookie, count: cookieLength))
            counter.item.removeAll(keepingCapacity: true)
            BannerJSON.append(
                cookie: FieldRange(start: 0, end: cookieLength), of: text, bannerID: bannerID, to: &counter.item)
            counter.add(age: age, line: line)
        }
    }
}
