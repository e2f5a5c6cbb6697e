/// The first records of a source under one delimiter.
struct HeadRecords {
    struct Record {
        /// The physical line where it begins.
        var line: Int
        /// Empty when its quoting is broken.
        var fields: [String]
        /// Its first line as it stands there, or the beginning of it.
        var text: String
        /// Where it begins and what follows its line end, in the window.
        var start: Int
        var next: Int
        var nextLine: Int

        /// Without the empty fields at its end.
        var width: Int { (fields.lastIndex { !$0.isEmpty } ?? -1) + 1 }

        /// How many fields hold something.
        var filled: Int { fields.count { !$0.isEmpty } }

        /// What it holds, short enough for a notice.
        var example: String {
            "line \(line): \(SourceFormatError.shown(fields.filter { !$0.isEmpty }.joined(separator: " "), 60))"
        }

        /// Whether the second and fourth fields are whole numbers, as a record's age and banner are.
        var hasNumbers: Bool { fields.count >= 4 && Self.isWholeNumber(fields[1]) && Self.isWholeNumber(fields[3]) }

        /// Whether the fields could be an age and a banner.
        func hasNumbers(age: Int, bannerID: Int) -> Bool {
            guard age < fields.count, bannerID < fields.count else { return false }
            let (age, banner) = (Array(fields[age].utf8), Array(fields[bannerID].utf8))
            return FieldRules.age(age.span.bytes, 0..<age.count, version: RecordRules.currentVersion) != nil
                && FieldRules.bannerID(banner.span.bytes, 0..<banner.count, version: RecordRules.currentVersion) != nil
        }

        /// Whether one of the fields could be what it has to be: with a title above it, neither is.
        func hasNumber(age: Int, bannerID: Int) -> Bool {
            func isNumber(_ place: Int) -> Bool { place < fields.count && Self.isWholeNumber(fields[place]) }
            return isNumber(age) || isNumber(bannerID)
        }

        private static func isWholeNumber(_ text: String) -> Bool {
            let digits = text.utf8.drop { $0 == UInt8(ascii: "+") || $0 == .hyphen }
            guard text.utf8.count - digits.count <= 1, let first = digits.first, first.digit != nil else {
                return false
            }
            let fraction = digits.drop { $0.digit != nil }
            guard let point = fraction.first else { return true }
            let zeros = fraction.dropFirst()
            return (point == UInt8(ascii: ".") || point == UInt8(ascii: ",")) && !zeros.isEmpty
                && zeros.allSatisfy { $0 == .zero }
        }
    }

    static let maximumRecords = 20

    let delimiter: Delimiter
    private(set) var records: [Record] = []

    /// Reads records from `start` on, blank ones left out, as long as the window holds them whole.
    init(
        _ bytes: borrowing RawSpan, from start: Int, line: Int, filled: Int, sourceEnds: Bool, delimiter: Delimiter
    ) {
        self.delimiter = delimiter
        var cursor = start
        var line = line
        while records.count < Self.maximumRecords, cursor < filled,
            sourceEnds || filled - cursor >= RecordScanner.lookahead
        {
            let record = Self.read(
                bytes, from: cursor, line: line, filled: filled, sourceEnds: sourceEnds, delimiter: delimiter)
            if record.fields.isEmpty || record.width > 0 { records.append(record) }
            (cursor, line) = (record.next, record.nextLine)
        }
    }

    /// The first record that could be a header, whatever it says: a title above one fills no more than half as many
    /// fields as most records, though spreadsheets pad it with empty cells.
    var firstFull: Int? {
        let counts = Dictionary(grouping: records.map(\.filled).filter { $0 > 1 }, by: \.self)
        let usual = counts.max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }?.key
        guard let usual else { return nil }
        return records.firstIndex { $0.filled * 2 > usual }
    }

    /// How many fields a record has where no header says it: as many as the first one, unless at least half of the
    /// others have no place for so many. Then it is the first that has one too many, and it is refused, not read shifted.
    func width(from first: Record) -> Int {
        let others = records.filter { $0.start > first.start && $0.width > 0 }
        let shorter = others.filter { $0.fields.count < first.width }
        guard !shorter.isEmpty, shorter.count * 2 >= others.count else { return first.width }
        let counts = Dictionary(grouping: shorter.map(\.width), by: \.self)
        return counts.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key ?? first.width
    }

    private static func read(
        _ bytes: borrowing RawSpan, from start: Int, line: Int, filled: Int, sourceEnds: Bool, delimiter: Delimiter
    ) -> Record {
        let limit = min(filled, start + FieldRules.longestRecord + 1)
        let lineEnd = LineEnds.first(bytes, start..<limit)
        var fields: [FieldRange] = []
        var counts = FieldCounts()
        let ending = FieldWalk.read(
            bytes, start..<lineEnd, delimiter: delimiter.byte, trimming: .whiteSpace, into: &fields, counts: &counts)
        var end = lineEnd
        var isWhole = false
        switch ending {
        case .whole: isWhole = lineEnd - start <= FieldRules.longestRecord
        case .broken: break
        case .open:
            var quotedEnd = QuotedRecordEnd()
            if lineEnd < limit,
                let found = quotedEnd.find(
                    bytes, from: lineEnd, to: limit,
                    sourceEnds: sourceEnds && filled - start <= FieldRules.longestRecord, delimiter: delimiter.byte,
                    trimming: .whiteSpace)
            {
                end = found
                isWhole = true
                _ = FieldWalk.read(
                    bytes, start..<end, delimiter: delimiter.byte, trimming: .whiteSpace, into: &fields, counts: &counts
                )
            }
        }
        let text = bytes.text(FieldRange(start: start, end: min(lineEnd, start + 256)))
        let texts = isWhole ? fields.map { bytes.text($0) } : []
        let nextLine = line + LineEnds.count(bytes, start..<end)
        // A line longer than any record continues beyond the limit.
        end = LineEnds.first(bytes, end..<filled)
        let next = LineEnds.next(bytes, end, filled: filled)
        return Record(
            line: line, fields: texts, text: text, start: start, next: next,
            nextLine: nextLine + (next > end ? 1 : 0))
    }
}
