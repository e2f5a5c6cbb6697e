/// What a source holds, counted in one pass that checks everything and builds nothing.
///
/// The ages are kept apart, so what any age filter would do is known without another pass.
public struct DryRun: Hashable, Sendable {
    /// What a delivery with some filter would do.
    public struct Outcome: Hashable, Sendable {
        /// Records that would be sent.
        public var valid: Int
        /// Those that would not.
        public var tally: RecordTally
    }

    /// Rejected records by reason; no filter is applied.
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
    public var read: Int { tally.rejected + ages.total }

    public func counts(for filter: AgeFilter) -> Outcome {
        var tally = tally
        tally[.ageFilter] = filtered(with: filter)
        return Outcome(valid: valid(with: filter), tally: tally)
    }

    public func valid(with filter: AgeFilter) -> Int { ages.count(for: filter) }
    public func filtered(with filter: AgeFilter) -> Int { ages.total - valid(with: filter) }

    /// Reads a source to its end, or until `progress` says to stop.
    ///
    /// - Parameter progress: told what is known so far, at least once for every half megabyte; `false` stops.
    /// - Returns: what was counted until then.
    /// - Throws: `SourceFormatError`, and what the source and `progress` throw.
    public static func count(
        _ source: some ByteSource, options: ReaderOptions, progress: (DryRun) throws -> Bool = { _ in true }
    ) throws -> DryRun {
        var options = options
        options.filter = AgeFilter(minimum: 0)
        var reader = RecordReader(source: source, options: options)
        var rejects = DiscardingSink()
        return try count(&reader, rejects: &rejects, progress: progress)
    }

    /// Reads with a reader of the caller's, whose filter admits every age, and hands on what is rejected.
    public static func count<Source: ByteSource, Sink: RejectedRecordSink & ~Copyable>(
        _ reader: inout RecordReader<Source>, rejects: inout Sink, progress: (DryRun) throws -> Bool = { _ in true }
    ) throws -> DryRun {
        var result = DryRun()
        let dialect = try reader.readDialect()
        result.dialect = dialect
        result.notices = dialect.notices
        var isAtEnd = false
        repeat {
            isAtEnd = try reader.advance(to: .max, rejects: &rejects) { scanner, bytes, extent in
                scanner.scan(bytes, extent, into: &result)
            }
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

    mutating func takePlainRun(_ run: inout PlainRun, in bytes: UnsafeRawBufferPointer) {
        ages.withBins { bins in
            var counter = AgeCounter(bins: bins)
            run.scan(bytes, into: &counter)
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
