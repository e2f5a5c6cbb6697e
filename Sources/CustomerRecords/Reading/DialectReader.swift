/// Finds how a source is written from its first records.
///
/// Nothing is read by its place unless the first record really is a record, or the sender says that there is no header.
struct DialectReader {
    /// Where a source's text begins, in the window and in the source.
    struct Start {
        var cursor: Int
        var line: Int
    }

    struct Result {
        var dialect: CSVDialect
        /// Where the first record begins in the window, and its line.
        var cursor: Int
        var line: Int
    }

    private let options: ReaderOptions
    private var start: Start
    private var separator: Delimiter?
    private var candidates: [HeadRecords] = []
    private var notices: [Notice] = []

    /// Where the next line begins if the one at `start` holds spaces at most.
    static func blankLine(_ bytes: borrowing RawSpan, at start: Int, filled: Int) -> Int? {
        let limit = min(filled, start + FieldRules.longestRecord)
        var end = start
        while end < limit, bytes[end] == .space { end += 1 }
        let next = LineEnds.next(bytes, end, filled: filled)
        return next > end ? next : nil
    }

    static func read(
        _ bytes: borrowing RawSpan, from start: Start, filled: Int, sourceEnds: Bool, options: ReaderOptions
    ) throws(SourceFormatError) -> Result {
        var reader = DialectReader(options: options, start: start)
        try reader.skipSeparatorLine(bytes, filled: filled)
        for delimiter in (options.delimiter ?? reader.separator).map({ [$0] }) ?? Delimiter.allCases {
            reader.candidates.append(
                HeadRecords(
                    bytes, from: reader.start.cursor, line: reader.start.line, filled: filled, sourceEnds: sourceEnds,
                    delimiter: delimiter))
        }
        return try reader.decide(sourceEnds: sourceEnds)
    }

    private init(options: ReaderOptions, start: Start) {
        self.options = options
        self.start = start
    }

    /// Excel's own way to say what the delimiter is: a first line such as `sep=;`.
    private mutating func skipSeparatorLine(_ bytes: borrowing RawSpan, filled: Int) throws(SourceFormatError) {
        let end = LineEnds.first(bytes, start.cursor..<min(filled, start.cursor + 64))
        let isLine = end < filled && bytes[end].isNewline || end == filled
        guard isLine else { return }
        var text = bytes.text(FieldRange(start: start.cursor, end: end))[...]
        let blanks: Set<Unicode.Scalar> = [" ", "\"", "\u{FEFF}", "\u{A0}"]
        while let first = text.unicodeScalars.first, blanks.contains(first) { text.unicodeScalars.removeFirst() }
        guard text.prefix(4).lowercased() == "sep=" else { return }
        text = text.dropFirst(4)
        while let last = text.last, last == "\"" || last == " " { text.removeLast() }
        guard let first = text.first, let delimiter = Delimiter(argument: String(first)), "|,;\t".contains(first),
            text.allSatisfy({ "|,;\t".contains($0) })
        else { throw SourceFormatError(.unsupportedSeparator("sep=" + text), line: start.line) }
        separator = delimiter
        start.cursor = LineEnds.next(bytes, end, filled: filled)
        start.line += 1
        notices.add(Notice(.separatorLine, example: delimiter.name))
    }

    // MARK: Deciding

    private func decide(sourceEnds: Bool) throws(SourceFormatError) -> Result {
        if let empty = candidates.first(where: { $0.records.isEmpty }) {
            // Nothing but rows without content.
            if sourceEnds { return self.empty(empty.delimiter) }
            throw notUnderstood()
        }
        if options.hasNoHeader { return try withoutHeader(try bestByRecords(isCertain: true) ?? mostDivided) }
        if let found = try header() { return found }
        if options.columns.isEmpty, let records = try bestByRecords(isCertain: false) {
            return try withoutHeader(records)
        }
        throw mixedDelimiters ?? notUnderstood()
    }

    private func empty(_ delimiter: Delimiter) -> Result {
        let dialect = CSVDialect(delimiter: delimiter, notices: notices)
        return Result(dialect: dialect, cursor: start.cursor, line: start.line)
    }

    /// The header that comes first, under whichever delimiter.
    private func header() throws(SourceFormatError) -> Result? {
        var best: (records: HeadRecords, index: Int, columns: CSVDialect.Columns)?
        for candidate in candidates {
            // Columns that are all given by number are those of the first record that is not a title.
            let only = options.columns.isNumbersOnly ? candidate.firstFull ?? 0 : nil
            for (index, record) in candidate.records.enumerated() where only.map({ $0 == index }) ?? true {
                if let best, best.records.records[best.index].start <= record.start { break }
                guard let columns = HeaderTitles(record.fields, options.columns).columns else { continue }
                best = (candidate, index, columns)
                break
            }
        }
        guard let best else { return nil }
        let header = best.records.records[best.index]
        // Columns that are all given by number leave open what the first line is.
        if options.columns.isNumbersOnly,
            header.hasNumber(age: best.columns.age, bannerID: best.columns.bannerID)
        {
            return try withoutHeader(best.records)
        }
        if let fault = mixedDelimiters(best.records, header: best.index) { throw fault }
        let above = best.records.records[..<best.index]
        for record in above {
            let isRecord =
                record.hasNumbers(age: 1, bannerID: 3) && record.fields.count >= 4
                || record.hasNumbers(age: best.columns.age, bannerID: best.columns.bannerID)
                    && record.fields.count >= best.columns.fieldCount
            if isRecord { throw SourceFormatError(.recordAboveHeader(headerLine: header.line), line: record.line) }
        }
        // Of another file, perhaps, that has another delimiter.
        for other in candidates where other.delimiter != best.records.delimiter {
            if let record = other.records.first(where: { $0.next <= header.start && $0.hasNumbers(age: 1, bannerID: 3) }
            ) {
                throw SourceFormatError(.recordAboveHeader(headerLine: header.line), line: record.line)
            }
        }
        var notices = notices
        if let first = above.first {
            notices.add(Notice(.skippedLines, count: header.line - start.line, example: first.example))
        }
        if options.columns.isNumbersOnly {
            notices.add(Notice(.headerLine, example: header.example))
        }
        var dialect = CSVDialect(
            delimiter: best.records.delimiter, hasHeader: true, columns: best.columns, width: header.width,
            titles: KnownColumn.allCases.map { KnownColumn.normalized(header.fields[best.columns[$0]]) },
            notices: notices)
        addDelimiterNotice(to: &dialect)
        return Result(dialect: dialect, cursor: header.next, line: header.nextLine)
    }

    /// The candidate under which the first records are records by their place; `nil` without one.
    ///
    /// - Parameter isCertain: whether the sender says that there is no header, so that any sign of records will do.
    private func bestByRecords(isCertain: Bool) throws(SourceFormatError) -> HeadRecords? {
        var fitting: [(records: HeadRecords, count: Int)] = []
        for candidate in candidates {
            let (age, banner) = placesOfNumbers
            func fits(_ record: HeadRecords.Record) -> Bool {
                options.columns.isEmpty ? record.hasNumbers : record.hasNumbers(age: age, bannerID: banner)
            }
            let whole = candidate.records.filter { $0.fields.count >= 4 }
            let count = whole.count(where: fits)
            guard count > 0, let first = candidate.records.first else { continue }
            if isCertain || fits(first) && count * 4 >= whole.count * 3 { fitting.append((candidate, count)) }
        }
        guard let highest = fitting.map(\.count).max() else { return nil }
        let best = fitting.filter { $0.count == highest }
        guard best.count == 1 else {
            throw SourceFormatError(
                .ambiguousDelimiter(best.map(\.records.delimiter.name)), line: best[0].records.records[0].line)
        }
        return best[0].records
    }

    private var placesOfNumbers: (age: Int, bannerID: Int) {
        func place(_ column: KnownColumn, _ standard: Int) -> Int {
            if case .number(let number)? = options.columns[column] { return number - 1 }
            return standard
        }
        return (place(.age, 1), place(.bannerID, 3))
    }

    /// The candidate that divides the first record most.
    private var mostDivided: HeadRecords {
        candidates.reduce(candidates[0]) { best, candidate in
            (candidate.records.first?.fields.count ?? 0) > (best.records.first?.fields.count ?? 0) ? candidate : best
        }
    }

    private func withoutHeader(_ records: HeadRecords) throws(SourceFormatError) -> Result {
        var columns = CSVDialect.Columns.standard
        // Where columns are given by number, a title may stand above the records.
        let place = options.columns.isEmpty ? nil : records.firstFull
        let first = place.map { records.records[$0] } ?? records.records.first
        for column in KnownColumn.allCases {
            switch options.columns[column] {
            case nil: break
            case .number(let number): columns[column] = number - 1
            case .title(let title):
                throw SourceFormatError(
                    .unmatchedMapping(column: column.rawValue, title: title, titles: first?.fields ?? []),
                    line: first?.line ?? start.line)
            }
        }
        let width = max(first.map(records.width(from:)) ?? 4, columns.fieldCount)
        if let first, !first.fields.isEmpty, columns.fieldCount > first.fields.count, !options.columns.isEmpty,
            let column = KnownColumn.allCases.first(where: { columns[$0] >= first.fields.count })
        {
            throw SourceFormatError(
                .mappingOutOfRange(
                    column: column.rawValue, number: columns[column] + 1, columns: first.fields.count), line: first.line
            )
        }
        var notices = notices
        if !options.hasNoHeader {
            let order = KnownColumn.allCases.sorted { columns[$0] < columns[$1] }.map(\.rawValue)
            notices.add(Notice(.noHeader, example: columns == .standard ? nil : order.joined(separator: ", ")))
        }
        var dialect = CSVDialect(
            delimiter: records.delimiter, columns: columns, width: width, notices: notices)
        addDelimiterNotice(to: &dialect)
        return Result(dialect: dialect, cursor: start.cursor, line: start.line)
    }

    private func addDelimiterNotice(to dialect: inout CSVDialect) {
        guard options.delimiter == nil, separator == nil, dialect.delimiter != .comma else { return }
        dialect.notices.add(Notice(.delimiter, example: dialect.delimiter.name))
    }

    // MARK: Saying what was found

    /// A header that nobody knows, divided by one delimiter, above records that only another one divides.
    private var mixedDelimiters: SourceFormatError? {
        candidates.lazy.compactMap { candidate in
            guard let place = candidate.firstFull, candidate.records[place].fields.count >= 4 else { return nil }
            return mixedDelimiters(candidate, header: place)
        }.first
    }

    /// Why the records below a header can't be read by its delimiter; `nil` when they can, or when no other divides them.
    private func mixedDelimiters(_ records: HeadRecords, header: Int) -> SourceFormatError? {
        let below = records.records.dropFirst(header + 1)
        guard !below.isEmpty, below.allSatisfy({ $0.fields.count == 1 }) else { return nil }
        for other in candidates where other.delimiter != records.delimiter {
            let rows = other.records.filter { $0.start >= records.records[header].next }
            guard let first = rows.first, rows.allSatisfy({ $0.fields.count >= 4 }) else { continue }
            return SourceFormatError(
                .mixedDelimiters(header: records.delimiter.name, records: other.delimiter.name),
                line: first.line)
        }
        return nil
    }

    /// The record that looks most like a header, below a title or first.
    private func notUnderstood() -> SourceFormatError {
        var best: (titles: HeaderTitles, line: Int)?
        for candidate in candidates {
            let place = candidate.firstFull ?? 0
            guard candidate.records.indices.contains(place) else { continue }
            let titles = HeaderTitles(candidate.records[place].fields, options.columns)
            let isBetter =
                best.map { (titles.known.count, titles.all.count) > ($0.titles.known.count, $0.titles.all.count) }
                ?? true
            if isBetter { best = (titles, candidate.records[place].line) }
        }
        let first = candidates.first?.records.first
        // A source without any record never comes here.
        guard let best, let first else {
            return SourceFormatError(.unknownHeader(firstLine: "", titles: [], titlesLine: nil), line: start.line)
        }
        let fault = best.titles.fault(firstLine: first.text, titlesLine: best.line == first.line ? nil : best.line)
        guard case .unknownHeader = fault else { return SourceFormatError(fault, line: best.line) }
        return SourceFormatError(fault, line: first.line)
    }
}
