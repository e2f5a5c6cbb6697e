/// What a source holds, counted in one pass that checks everything and builds nothing.
///
/// The ages are kept apart, so what any age filter would do is known without another pass.
public struct DryRun: Hashable, Sendable {
    /// What a delivery with some filter would do.
    public struct Counts: Hashable, Sendable {
        /// Records that would be sent.
        public var valid: Int
        /// Those that would not.
        public var tally: RecordTally
    }

    /// Rejected records by reason, and repeated ones if they are left out; no filter is applied.
    public internal(set) var tally = RecordTally()
    /// The ages of the records that follow every rule.
    public internal(set) var ages = AgeHistogram()
    public internal(set) var dialect: CSVDialect?
    /// What was decided about the source, and seen in it.
    public internal(set) var notices: [Notice] = []
    /// Bytes of the source that were looked at.
    public internal(set) var position = 0

    public init() {}

    /// Records of every kind.
    public var read: Int { tally.rejected + tally[.repeated] + tally[.deliveredBefore] + ages.total }

    public func counts(for filter: AgeFilter) -> Counts {
        var tally = tally
        tally[.ageFilter] = ages.total - valid(with: filter)
        return Counts(valid: valid(with: filter), tally: tally)
    }

    public func valid(with filter: AgeFilter) -> Int { ages.count(for: filter) }

    /// Reads a source to its end, or until `progress` says to stop. Which records are repeated depends on the filter:
    /// one that it leaves out is not sent, and so does not count as an earlier one.
    ///
    /// - Parameters:
    ///   - newRecords: which of those that the filter admits were not delivered before; `nil` is all.
    ///   - progress: told what is known so far, at least once for every half megabyte; `false` stops.
    /// - Returns: what was counted until then.
    /// - Throws: `SourceFormatError`, and what the source and `progress` throw.
    public static func count(
        _ source: some ByteSource, options: ReaderOptions, newRecords: NewRecords? = nil,
        progress: (DryRun) throws -> Bool = { _ in true }
    ) throws -> DryRun {
        var rejects = DiscardingSink()
        return try count(source, options: options, newRecords: newRecords, rejects: &rejects, progress: progress)
    }

    /// As `count(_:options:newRecords:progress:)`, and hands on what is rejected.
    public static func count<Sink: RejectedRecordSink & ~Copyable>(
        _ source: some ByteSource, options: ReaderOptions, newRecords: NewRecords?, rejects: inout Sink,
        progress: (DryRun) throws -> Bool = { _ in true }
    ) throws -> DryRun {
        var options = options
        let filter = options.filter
        options.filter = AgeFilter(minimum: 0)
        let repeats =
            options.repeats == .send && newRecords == nil
            ? nil : RepeatCounter(policy: options.repeats, filter: filter, newRecords: newRecords)
        options.repeats = .send
        var reader = RecordReader(source: source, options: options)
        return try count(&reader, repeats, rejects: &rejects, progress: progress)
    }

    /// Reads with a reader of the caller's, whose filter admits every age, and hands on what is rejected.
    public static func count<Source: ByteSource, Sink: RejectedRecordSink & ~Copyable>(
        _ reader: inout RecordReader<Source>, rejects: inout Sink, progress: (DryRun) throws -> Bool = { _ in true }
    ) throws -> DryRun {
        try count(&reader, nil, rejects: &rejects, progress: progress)
    }

    private static func count<Source: ByteSource, Sink: RejectedRecordSink & ~Copyable>(
        _ reader: inout RecordReader<Source>, _ repeats: RepeatCounter?, rejects: inout Sink,
        progress: (DryRun) throws -> Bool
    ) throws -> DryRun {
        var result = DryRun()
        let dialect = try reader.readDialect()
        result.dialect = dialect
        result.notices = dialect.notices
        var isAtEnd = false
        repeat {
            isAtEnd = try reader.advance(to: .max, rejects: &rejects) { scanner, bytes, extent in
                guard let repeats else { return scanner.scan(bytes, extent, into: &result) }
                repeats.result = result
                defer { result = repeats.result }
                var output = repeats
                return scanner.scan(bytes, extent, into: &output)
            }
            try repeats?.throwFault()
            result.position = reader.bytesRead
            result.notices.add(reader.takeNotices())
        } while try progress(result) && !isAtEnd
        if isAtEnd { try reader.throwFault() }
        return result
    }
}

extension DryRun: RecordOutput {
    var room: Int { .max }

    mutating func count(_ reason: ReasonCode) { tally[reason] += 1 }

    mutating func accept(
        _ fields: CustomerFields, in bytes: borrowing RawSpan, age: Int, bannerID: Int, line: Int, verbatim: Range<Int>?
    ) {
        ages.add(age)
    }

    mutating func takePlainStretch(_ stretch: inout PlainStretch, in bytes: UnsafeRawBufferPointer) {
        ages.withBins { bins in
            var counter = AgeCounter(bins: bins)
            stretch.scan(bytes, into: &counter)
        }
    }

    private struct AgeCounter: PlainRecordWriter {
        let bins: UnsafeMutableBufferPointer<Int>

        @inline(__always)
        mutating func write(
            _ record: UnsafeRawPointer, length: Int, cookie: UnsafeRawPointer, cookieLength: Int, age: Int,
            bannerID: Int, line: Int
        ) {
            bins[age] += 1
        }
    }
}
