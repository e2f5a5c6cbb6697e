/// The first records of a source with what the rules say of them, for people to look at before they deliver it.
public struct RecordPreview: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        /// Its fields as they were read; empty when the record can't be taken apart.
        public var customer: CustomerRow
        /// The whole record, if it is rejected.
        public var raw = ""
        /// Why the record would not be sent; `nil` if it would.
        public var reason: ReasonCode?
        /// What exactly is wrong with a rejected record.
        public var message: String?
    }

    public let dialect: CSVDialect
    /// Whether the source begins with a byte order mark, as spreadsheets write it.
    public let hasByteOrderMark: Bool
    public let rows: [Row]
    /// What was decided about the source, and seen in these rows.
    public let notices: [Notice]
    /// Whether the source holds no more than these rows.
    public let isComplete: Bool

    /// Bytes of the source that a preview reads at most. Its beginning may hold hardly any valid record, or be one
    /// line without an end.
    public static let bound = 2 << 20

    /// Reads as much of a source as it takes, and no more than `bound`.
    ///
    /// - Throws: `SourceFormatError`, and what the source throws.
    public init(
        of source: some ByteSource, limit: Int, options: ReaderOptions
    ) throws {
        // What the filter says is told below; batches of one record let the reader stop as soon as there are enough.
        let filter = options.filter
        let policy = options.repeats
        var options = options
        options.filter = AgeFilter(minimum: 0)
        options.batchSize = 1
        options.repeats = .send
        var visitors = PreviewedVisitors(policy: policy)
        let end = PreviewEnd()
        var reader = RecordReader(source: BoundedSource(source, end), options: options)
        let dialect = try reader.readDialect()
        var rejects = RejectedRows(dialect: dialect, rules: options.rules, limit: limit + 1)
        var rows: [Row] = []
        var notices = dialect.notices
        var batch: RecordBatch?
        while rows.count <= limit {
            do {
                batch = try reader.nextBatch(reusing: batch.take(), rejects: &rejects)
            } catch is SourceFormatError where end.isReached {
                // The preview may end inside a gzip member.
                rows.append(contentsOf: rejects.take())
                break
            }
            guard let batch else { break }
            rows.append(contentsOf: rejects.take())
            notices.add(batch.notices)
            if batch.count > 0 {
                let customer = batch.customer(at: 0)
                let age = Array(customer.age.utf8)
                let years = FieldRules.age(age.span.bytes, 0..<age.count, version: options.rules.version)
                let isWanted = years.map(filter.accepts) ?? false
                let isRepeated = isWanted && visitors.isKnown(customer, &notices)
                rows.append(
                    Row(customer: customer, reason: isWanted ? isRepeated ? .repeated : nil : .ageFilter))
            }
        }
        // The last record before the bound may be a part of one.
        if end.isReached && rows.count <= limit { rows = rows.dropLast() }
        self.dialect = dialect
        self.hasByteOrderMark = reader.hasByteOrderMark
        self.notices = notices
        self.rows = Array(rows.prefix(limit))
        self.isComplete = !end.isReached && rows.count <= limit
    }
}

/// The visitors of the few records of a preview.
private struct PreviewedVisitors {
    let policy: RepeatPolicy
    private var known: Set<[String]> = []

    init(policy: RepeatPolicy) { self.policy = policy }

    /// Notes a visitor that was seen before, and tells whether its record is left out for that.
    mutating func isKnown(_ customer: CustomerRow, _ notices: inout [Notice]) -> Bool {
        guard policy != .send else { return false }
        let banner = Array(customer.bannerID.utf8)
        let number = FieldRules.bannerID(
            banner.span.bytes, 0..<banner.count, version: RecordRules.currentVersion)
        guard !known.insert([customer.cookie, "\(number ?? 0)"]).inserted else { return false }
        notices.add(
            policy == .skip ? .repeatedVisitorsSkipped : .repeatedVisitors, example: "line \(customer.line)")
        return policy == .skip
    }
}

/// Whether a bounded source was read to its bound.
private final class PreviewEnd {
    var isReached = false
}

/// The beginning of a source.
private struct BoundedSource<Base: ByteSource>: ByteSource {
    private var base: Base
    private var left = RecordPreview.bound
    private let end: PreviewEnd

    init(_ base: Base, _ end: PreviewEnd) {
        self.base = base
        self.end = end
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try base.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(left)))
        left -= count
        if left == 0 { end.isReached = true }
        return count
    }
}

/// Keeps the first rejected records.
private struct RejectedRows: RejectedRecordSink {
    let dialect: CSVDialect
    let rules: RecordRules
    let limit: Int
    private var rows: [RecordPreview.Row] = []

    init(dialect: CSVDialect, rules: RecordRules, limit: Int) {
        self.dialect = dialect
        self.rules = rules
        self.limit = limit
    }

    mutating func take() -> [RecordPreview.Row] {
        defer { rows.removeAll() }
        return rows
    }

    mutating func rejected(line: Int, fault: RecordFault, raw: UnsafeRawBufferPointer) {
        guard rows.count < limit else { return }
        rows.append(
            RecordPreview.Row(
                customer: CustomerRow(line: line, dialect.fields(of: raw) ?? RecordFields()),
                raw: String(decoding: raw, as: UTF8.self), reason: fault.reason,
                message: dialect.message(for: fault, in: raw, rules: rules)))
    }
}
