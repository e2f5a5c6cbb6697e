/// What the beginning of a source shows, before anything of it is sent: whether it can be read, and, if its header isn't
/// understood, which columns there are to choose from.
public struct SourceInspection: Sendable {
    /// A column as it stands in the source.
    public struct Column: Hashable, Sendable {
        /// Counted from 1, as `ColumnMapping` does.
        public var number: Int
        /// What the first record says there; a title if that is a header.
        public var title: String
        /// Values of the records below it.
        public var samples: [String]

        public init(number: Int, title: String, samples: [String]) {
            self.number = number
            self.title = title
            self.samples = samples
        }
    }

    /// How the source is written, or why it can't be read.
    public let result: Result<CSVDialect, SourceFormatError>
    public let delimiter: Delimiter
    /// The columns of the first records; empty for a source that is not text.
    public let columns: [Column]
    /// What identifies the header, so that a mapping can be remembered for files like this one.
    public let header: [String]

    /// Whether saying which column is which would let the source be read.
    public var needsMapping: Bool {
        guard case .failure(let error) = result else { return false }
        return error.needsMapping
    }

    /// Looks at no more than the first half megabyte of text.
    ///
    /// - Throws: what the source throws.
    public init(of source: some ByteSource, options: ReaderOptions, samples: Int = 5) throws {
        var reader = RecordReader(source: source, options: options)
        do {
            result = .success(try reader.readDialect())
        } catch let error as SourceFormatError {
            result = .failure(error)
        }
        let records = reader.firstRecords
        delimiter = records?.delimiter ?? options.delimiter ?? .comma
        let all = records?.records ?? []
        let place = records?.firstFull ?? 0
        let first = all.indices.contains(place) ? all[place].fields : []
        header = first.map(KnownColumn.normalized)
        columns = first.enumerated().map { index, title in
            let below = all.dropFirst(place + 1).compactMap { record in
                index < record.fields.count ? record.fields[index] : nil
            }
            return Column(number: index + 1, title: title, samples: Array(below.prefix(samples)))
        }
    }
}

extension RecordReader {
    /// The first records under the delimiter that divides most of them alike; `nil` before the text was looked at.
    var firstRecords: HeadRecords? {
        guard let start = textStart else { return nil }
        let candidates = (options.delimiter.map { [$0] } ?? Delimiter.allCases).map { delimiter in
            HeadRecords(
                window.bytes.span.bytes, from: start.cursor, line: start.line, filled: window.filled,
                sourceEnds: window.isAtEnd, delimiter: delimiter)
        }
        return candidates.max { Self.likeness($0) < Self.likeness($1) }
    }

    /// How many fields the largest group of records of one width has together, two fields at least.
    private static func likeness(_ records: HeadRecords) -> Int {
        let widths = Dictionary(grouping: records.records.map(\.fields.count).filter { $0 > 1 }, by: \.self)
        return widths.map { $0.key * $0.value.count }.max() ?? 0
    }
}

extension SourceFormatError {
    /// Whether saying which column is which would let the source be read.
    public var needsMapping: Bool {
        switch code {
        case .unknownHeader, .missingColumns, .duplicateColumn, .unmatchedMapping, .mappingOutOfRange, .sharedColumn:
            true
        case .notCSV, .unmarkedWideText, .unknownEncoding, .cutOffCompression, .damagedCompression, .noMemory,
            .unsupportedSeparator, .mixedDelimiters, .ambiguousDelimiter, .recordAboveHeader, .headerInAnotherOrder,
            .tooManyRejected:
            false
        }
    }
}
