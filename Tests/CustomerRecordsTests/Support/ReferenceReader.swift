@testable import CustomerRecords

/// The rules of records, written as plainly as they can be: the whole source in memory, a byte at a time,
/// no regard for speed. What the reader finds is compared with what this finds.
struct ReferenceReader {
    enum Verdict: Equatable {
        case valid(cookie: [UInt8], bannerID: Int)
        case refused(ReasonCode)
    }

    struct Record: Equatable {
        var line: Int
        var verdict: Verdict
        var raw: [UInt8]
        /// Name, age, cookie and banner id as they were read, if the record could be taken apart.
        var fields: [[UInt8]]
        /// Where the next line begins.
        var end: SourcePosition
    }

    private static let longestRecord = 65_536

    let bytes: [UInt8]
    let options: ReaderOptions
    /// Where the physical lines begin.
    private let lineStarts: [Int]
    var dialect = CSVDialect()
    private(set) var records: [Record] = []
    /// Where another header ends the reading, and the bytes up to there.
    private(set) var fault: (error: SourceFormatError, position: SourcePosition)?

    init(_ source: [UInt8], options: ReaderOptions) throws(SourceFormatError) {
        let bytes = Self.withoutPadding(source)
        self.bytes = bytes
        self.options = options
        lineStarts =
            [0]
            + bytes.indices.filter { offset in
                let isPair = bytes[offset] == 13 && offset + 1 < bytes.count && bytes[offset + 1] == 10
                return bytes[offset] == 10 || bytes[offset] == 13 && !isPair
            }.map { $0 + 1 }
        if let kind = FileKind(bytes: source) { throw SourceFormatError(.notCSV(kind), line: 1) }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        if !hasMark, let wide = WideText(source) { throw SourceFormatError(.unmarkedWideText(wide.rawValue), line: 1) }
        if let kind = FileKind(text: bytes) { throw SourceFormatError(.notCSV(kind), line: 1) }
        try findDialect(from: hasMark ? 3 : 0)
        readRecords()
    }

    /// Zeros and Ctrl-Z end a source, with line ends and spaces behind them, as long as they are monotonous.
    private static func withoutPadding(_ bytes: [UInt8]) -> [UInt8] {
        var start = bytes.count
        while start > 0, [0, 0x1A, 10, 13, 32].contains(bytes[start - 1]) { start -= 1 }
        while true {
            while start < bytes.count, bytes[start] != 0, bytes[start] != 0x1A { start += 1 }
            var end = start
            var runs = 0
            while end < bytes.count {
                if end == start || bytes[end] != bytes[end - 1] { runs += 1 }
                if runs > 16 { break }
                end += 1
            }
            if end == bytes.count { return Array(bytes[..<start]) }
            start = end
        }
    }

    /// The end of the source.
    var end: SourcePosition { position(bytes.count) }

    // MARK: Lines

    private func isLineEnd(_ offset: Int) -> Bool { bytes[offset] == 10 || bytes[offset] == 13 }

    /// Where the line that holds `offset` ends, and where the next one begins.
    func line(at offset: Int) -> (end: Int, next: Int) {
        var end = offset
        while end < bytes.count, !isLineEnd(end) { end += 1 }
        if end == bytes.count { return (end, end) }
        let isPair = bytes[end] == 13 && end + 1 < bytes.count && bytes[end + 1] == 10
        return (end, end + (isPair ? 2 : 1))
    }

    func position(_ offset: Int) -> SourcePosition {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return SourcePosition(offset: offset, line: low + 1)
    }

    // MARK: Fields

    /// The fields of the record that begins at `start`, and its end; `nil` when its quoting is broken.
    func record(at start: Int, _ delimiter: Delimiter) -> (fields: [[UInt8]], end: Int)? {
        var fields: [[UInt8]] = []
        var index = start
        func isAtEnd() -> Bool { index == bytes.count || isLineEnd(index) }
        while true {
            var field: [UInt8] = []
            func skipBlanks() {
                while !isAtEnd(), bytes[index] != delimiter.byte, let length = blank(at: index) { index += length }
            }
            skipBlanks()
            if index < bytes.count, bytes[index] == 34 {
                index += 1
                while true {
                    if index == bytes.count || index - start > Self.longestRecord { return nil }
                    let byte = bytes[index]
                    index += 1
                    if byte == 34 {
                        if index < bytes.count, bytes[index] == 34 { index += 1 } else { break }
                    }
                    field.append(byte)
                }
                skipBlanks()
                if !isAtEnd(), bytes[index] != delimiter.byte { return nil }
            } else {
                while !isAtEnd(), bytes[index] != delimiter.byte {
                    field.append(bytes[index])
                    index += 1
                }
            }
            field = Self.trimmed(field)
            fields.append(field)
            if isAtEnd() { return index - start > Self.longestRecord ? nil : (fields, index) }
            index += 1
        }
    }

    /// How many bytes the character has that begins at `index`, if it is one that is trimmed.
    private func blank(at index: Int) -> Int? {
        (1...4).first { index + $0 <= bytes.count && Self.isBlank(bytes[index..<index + $0]) }
    }

    private static func trimmed(_ field: [UInt8]) -> [UInt8] {
        var field = field[...]
        while let length = (1...4).first(where: { field.count >= $0 && isBlank(field.prefix($0)) }) {
            field = field.dropFirst(length)
        }
        while let length = (1...4).first(where: { field.count >= $0 && isBlank(field.suffix($0)) }) {
            field = field.dropLast(length)
        }
        return Array(field)
    }

    /// Whether the bytes are one character that is trimmed.
    private static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
        // Most characters are none, and asking for properties is slow.
        if let first = bytes.first, first > 32, first < 0xC2 { return false }
        guard let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.count == 1,
            let scalar = text.unicodeScalars.first
        else { return false }
        if scalar.properties.isWhitespace { return true }
        switch scalar.value {
        case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
            0xE0000...0xE007F:
            return true
        default: return false
        }
    }

    // MARK: Records

    private mutating func readRecords() {
        var start = dialect.firstRecord.offset
        while start < bytes.count {
            let line = line(at: start)
            var found = Record(
                line: position(start).line, verdict: .refused(.malformed),
                raw: Array(bytes[start..<line.end].prefix(Self.longestRecord)), fields: [], end: position(line.next))
            if let record = record(at: start, dialect.delimiter) {
                found.raw = Array(bytes[start..<record.end])
                found.end = position(self.line(at: record.end).next)
                if record.fields.allSatisfy(\.isEmpty) {
                    start = found.end.offset
                    continue
                }
                judge(record.fields, &found)
                if case .refused(let reason) = found.verdict, reason.isRejection, isText(found.raw),
                    let isSame = isHeader(record.fields)
                {
                    if !isSame {
                        let error = SourceFormatError(.headerInAnotherOrder(titles: []), line: found.line)
                        fault = (error, position(start))
                        return
                    }
                    start = found.end.offset
                    continue
                }
            }
            records.append(found)
            start = found.end.offset
        }
    }

    private func isText(_ raw: [UInt8]) -> Bool { !raw.contains(0) && String(validating: raw, as: UTF8.self) != nil }

    /// Whether a refused record names the columns, and whether in the same order; `nil` when it does not.
    private func isHeader(_ fields: [[UInt8]]) -> Bool? {
        let columns = [dialect.columns.name, dialect.columns.age, dialect.columns.cookie, dialect.columns.bannerID]
        let filled = (fields.lastIndex { !$0.isEmpty } ?? -1) + 1
        let age = columns[1] < fields.count ? fields[columns[1]].first : nil
        // With a number where the age stands, it is a record.
        if filled == dialect.width, let age, (48...57).contains(age) { return nil }
        let titles = fields.map { Self.title($0) }
        let wanted = dialect.titles
        let inPlace = (0..<4).count {
            columns[$0] < titles.count && titles[columns[$0]] == wanted[$0] && wanted[$0] != ""
        }
        let named = (0..<4).count { wanted[$0] != "" && titles.contains(wanted[$0]) }
        if inPlace == 4 { return true }
        return named >= 2 && named > inPlace ? false : nil
    }

    private func judge(_ all: [[UInt8]], _ record: inout Record) {
        let columns = dialect.columns
        let needed = [columns.name, columns.age, columns.cookie, columns.bannerID]
        let filled = (all.lastIndex { !$0.isEmpty } ?? -1) + 1
        let width = dialect.width!
        guard isText(record.raw), filled <= width, all.count > needed.max()!,
            all.count >= width || options.allowsShortRows
        else { return }
        record.fields = needed.map { all[$0] }
        let texts = record.fields.map { String(decoding: $0, as: UTF8.self) }
        guard isName(texts[0]) else {
            record.verdict = .refused(.name)
            return
        }
        guard let age = number(texts[1]), age <= 150 else {
            record.verdict = .refused(.age)
            return
        }
        guard isCookie(texts[2]), !options.rules.rejectsSuspicious || !isSuspicious(record.fields[2]) else {
            record.verdict = .refused(.cookie)
            return
        }
        guard let banner = number(texts[3]), banner <= 99 else {
            record.verdict = .refused(.bannerID)
            return
        }
        let isWanted = age >= options.filter.minimum && age <= options.filter.maximum ?? .max
        record.verdict = isWanted ? .valid(cookie: record.fields[2], bannerID: banner) : .refused(.ageFilter)
    }

    private func isSuspicious(_ cookie: [UInt8]) -> Bool {
        SuspiciousCookie(cookie.span.bytes, 0..<cookie.count) != nil
    }

    private func isName(_ text: String) -> Bool {
        let format = options.rules.nameFormat
        if format == .any {
            let bytes = Array(text.utf8)
            return NameRule.isVisible(bytes.span.bytes, 0..<bytes.count)
        }
        let letters: Set<Unicode.GeneralCategory> = [
            .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        ]
        var isAfterLetter = false
        var hasLetter = false
        for scalar in text.unicodeScalars {
            let category = scalar.properties.generalCategory
            if format == .ascii, !scalar.isASCII { return false }
            if letters.contains(category) {
                hasLetter = true
                isAfterLetter = true
            } else if category == .spaceSeparator || format == .common && "'’-.".unicodeScalars.contains(scalar) {
                isAfterLetter = false
            } else if !isAfterLetter || category != .nonspacingMark && category != .spacingMark {
                return false
            }
        }
        return hasLetter
    }

    private func isCookie(_ text: String) -> Bool {
        guard (1...256).contains(text.utf8.count) else { return false }
        if options.rules.cookieFormat == .uuid {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
                && parts.joined().utf8.allSatisfy { "0123456789abcdefABCDEF".utf8.contains($0) }
        }
        return text.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.properties.generalCategory != .control
                && $0.properties.generalCategory != .format && !$0.properties.isDefaultIgnorableCodePoint
                && $0 != "\u{2800}"
        }
    }

    func number(_ text: String) -> Int? {
        guard let match = text.wholeMatch(of: /([0-9]+)(\.0+|,00?)?/) else { return nil }
        let digits = match.1.drop { $0 == "0" }
        return digits.isEmpty ? 0 : Int(digits) ?? .max
    }
}
