import CustomerRecords

/// The rules of records once more, as plainly as they can be written: the whole source in memory, a byte at a time,
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
    private(set) var dialect = CSVDialect()
    private(set) var records: [Record] = []

    init(_ bytes: [UInt8], options: ReaderOptions) throws(SourceFormatError) {
        self.bytes = bytes
        self.options = options
        lineStarts =
            [0]
            + bytes.indices.filter { offset in
                let isPair = bytes[offset] == 13 && offset + 1 < bytes.count && bytes[offset + 1] == 10
                return bytes[offset] == 10 || bytes[offset] == 13 && !isPair
            }.map { $0 + 1 }
        try findDialect()
        readRecords()
    }

    /// The end of the source.
    var end: SourcePosition { position(bytes.count) }

    // MARK: Lines

    private func isLineEnd(_ offset: Int) -> Bool { bytes[offset] == 10 || bytes[offset] == 13 }

    /// Where the line that holds `offset` ends, and where the next one begins.
    private func line(at offset: Int) -> (end: Int, next: Int) {
        var end = offset
        while end < bytes.count, !isLineEnd(end) { end += 1 }
        if end == bytes.count { return (end, end) }
        let isPair = bytes[end] == 13 && end + 1 < bytes.count && bytes[end + 1] == 10
        return (end, end + (isPair ? 2 : 1))
    }

    private func position(_ offset: Int) -> SourcePosition {
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
    private func record(at start: Int, _ delimiter: Delimiter) -> (fields: [[UInt8]], end: Int)? {
        var fields: [[UInt8]] = []
        var index = start
        func isAtEnd() -> Bool { index == bytes.count || isLineEnd(index) }
        while true {
            var field: [UInt8] = []
            while index < bytes.count, bytes[index] == 32 { index += 1 }
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
                while index < bytes.count, bytes[index] == 32 { index += 1 }
                if !isAtEnd(), bytes[index] != delimiter.byte { return nil }
            } else {
                while !isAtEnd(), bytes[index] != delimiter.byte {
                    field.append(bytes[index])
                    index += 1
                }
                while field.last == 32 { field.removeLast() }
            }
            fields.append(field)
            if isAtEnd() { return index - start > Self.longestRecord ? nil : (fields, index) }
            index += 1
        }
    }

    /// Delimiters in a line up to the quote that breaks it off.
    private func delimitersBeforeBreak(_ start: Int, _ delimiter: Delimiter) -> Int {
        let end = min(line(at: start).end, start + Self.longestRecord + 1)
        var index = start
        var count = 0
        while true {
            while index < end, bytes[index] == 32 { index += 1 }
            if index < end, bytes[index] == 34 {
                index += 1
                while index < end, bytes[index] != 34 || index + 1 < end && bytes[index + 1] == 34 {
                    index += bytes[index] == 34 ? 2 : 1
                }
                if index == end { return count }
                index += 1
                while index < end, bytes[index] == 32 { index += 1 }
                if index < end, bytes[index] != delimiter.byte { return count }
            }
            while index < end, bytes[index] != delimiter.byte { index += 1 }
            if index == end { return count }
            count += 1
            index += 1
        }
    }

    // MARK: Dialect

    private mutating func findDialect() throws(SourceFormatError) {
        let pairs = min(bytes.count, 256) / 2
        let first = (0..<pairs).count { bytes[2 * $0] == 0 }
        let second = (0..<pairs).count { bytes[2 * $0 + 1] == 0 }
        let isWide = pairs >= 4 && min(first, second) == 0 && max(first, second) * 4 >= pairs * 3
        if isWide || bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
            throw SourceFormatError(.notUTF8, line: 1)
        }
        let begin = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var start = begin
        while true {
            let line = line(at: start)
            let isBlank = bytes[start..<line.end].allSatisfy { $0 == 32 } && line.end - start <= Self.longestRecord
            if !isBlank || line.next == line.end { break }
            start = line.next
        }
        var best: (delimiter: Delimiter, names: Int, count: Int)?
        for delimiter in options.delimiter.map({ [$0] }) ?? Delimiter.allCases {
            let record = record(at: start, delimiter)
            let names = record?.fields.count { Self.column($0) != nil } ?? 0
            let count = record.map { $0.fields.count - 1 } ?? delimitersBeforeBreak(start, delimiter)
            if best == nil || names > best!.names || names == best!.names && count > best!.count {
                best = (delimiter, names, count)
            }
        }
        dialect.delimiter = best!.delimiter
        dialect.firstRecord = SourcePosition(offset: begin, line: 1)
        guard best!.names > 0, let header = record(at: start, dialect.delimiter) else { return }
        let names = header.fields.map(Self.column)
        let headerLine = position(start).line
        for (index, name) in names.enumerated() {
            if let name, names[..<index].contains(name) {
                throw SourceFormatError(.duplicateColumn(name), line: headerLine)
            }
        }
        let missing = CustomerRow.header.filter { !names.contains($0) }
        if !missing.isEmpty { throw SourceFormatError(.missingColumns(missing), line: headerLine) }
        let places = CustomerRow.header.map { names.firstIndex(of: $0)! }
        dialect.hasHeader = true
        dialect.columns = .init(name: places[0], age: places[1], cookie: places[2], bannerID: places[3])
        dialect.firstRecord = position(line(at: header.end).next)
    }

    private static func column(_ field: [UInt8]) -> String? {
        let name = String(decoding: field, as: UTF8.self).filter { !" _-".contains($0) }
        let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
        return isASCII
            ? ["name": "name", "age": "age", "cookie": "cookie", "bannerid": "banner_id"][name.lowercased()] : nil
    }

    // MARK: Records

    private mutating func readRecords() {
        var start = dialect.firstRecord.offset
        while start < bytes.count {
            let line = line(at: start)
            if bytes[start..<line.end].allSatisfy({ $0 == 32 }), line.end - start <= Self.longestRecord {
                start = line.next
                continue
            }
            var found = Record(
                line: position(start).line, verdict: .refused(.malformed),
                raw: Array(bytes[start..<line.end].prefix(Self.longestRecord)), fields: [], end: position(line.next))
            if let record = record(at: start, dialect.delimiter) {
                found.raw = Array(bytes[start..<record.end])
                found.end = position(self.line(at: record.end).next)
                judge(record.fields, &found)
            }
            records.append(found)
            start = found.end.offset
        }
    }

    private func judge(_ all: [[UInt8]], _ record: inout Record) {
        let columns = dialect.columns
        let needed = [columns.name, columns.age, columns.cookie, columns.bannerID]
        guard all.count > needed.max()!, !record.raw.contains(0), String(validating: record.raw, as: UTF8.self) != nil
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
        guard isCookie(texts[2]) else {
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

    private func isName(_ text: String) -> Bool {
        let letters: Set<Unicode.GeneralCategory> = [
            .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        ]
        var isAfterLetter = false
        var hasLetter = false
        for scalar in text.unicodeScalars {
            let category = scalar.properties.generalCategory
            if options.rules.nameFormat == .ascii, !scalar.isASCII { return false }
            if letters.contains(category) {
                hasLetter = true
                isAfterLetter = true
            } else if scalar == " " {
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
        }
    }

    private func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let digits = text.drop { $0 == "0" }
        return digits.isEmpty ? 0 : Int(digits) ?? .max
    }
}
