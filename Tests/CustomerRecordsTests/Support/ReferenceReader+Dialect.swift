@testable import CustomerRecords

/// How a source is written, found as plainly as the records.
extension ReferenceReader {
    private struct Head {
        var start: Int
        var fields: [String]?
        var next: Int

        var width: Int { ((fields ?? []).lastIndex { !$0.isEmpty } ?? -1) + 1 }
    }

    mutating func findDialect(from begin: Int) throws(SourceFormatError) {
        var start = begin
        while true {
            let line = line(at: start)
            let isBlank = bytes[start..<line.end].allSatisfy { $0 == 32 } && line.end - start < 65_536
            if !isBlank || line.next == line.end { break }
            start = line.next
        }
        var separator: Delimiter?
        let first = line(at: start)
        let text = String(decoding: bytes[start..<first.end], as: UTF8.self)
        if first.end - start < 64, let match = text.wholeMatch(of: /[ "\u{FEFF}\u{A0}]*[sS][eE][pP]=(.*?)[" ]*/) {
            guard let sign = match.1.first, let found = Delimiter(argument: String(sign)), ",;\t|".contains(sign),
                match.1.allSatisfy({ ",;\t|".contains($0) })
            else { throw SourceFormatError(.unsupportedSeparator(""), line: position(start).line) }
            separator = found
            start = first.next
        }
        dialect = CSVDialect(delimiter: options.delimiter ?? separator ?? .comma, firstRecord: position(start))
        let delimiters = (options.delimiter ?? separator).map { [$0] } ?? Delimiter.allCases
        let found = delimiters.map { ($0, heads(from: start, $0)) }
        if let empty = found.first(where: { $0.1.isEmpty }) {
            dialect.delimiter = empty.0
            return
        }

        if !options.hasNoHeader, try findHeader(found) { return }
        try takeRecords(found, start)
    }

    private func heads(from start: Int, _ delimiter: Delimiter) -> [Head] {
        var heads: [Head] = []
        var start = start
        while heads.count < 20, start < bytes.count {
            let record = record(at: start, delimiter)
            let next = line(at: record?.end ?? start).next
            let head = Head(
                start: start, fields: record?.fields.map { String(decoding: $0, as: UTF8.self) }, next: next)
            if head.fields == nil || head.width > 0 { heads.append(head) }
            start = next
        }
        return heads
    }

    private mutating func findHeader(_ heads: [(Delimiter, [Head])]) throws(SourceFormatError) -> Bool {
        var best: (delimiter: Delimiter, heads: [Head], index: Int, places: [Int])?
        for (delimiter, heads) in heads {
            for (index, head) in heads.enumerated() {
                let titles = (head.fields ?? []).map { Self.title(Array($0.utf8)) }
                let places = Self.names.map { name in titles.indices.filter { titles[$0] == name } }
                guard places.allSatisfy({ $0.count == 1 }) else { continue }
                if best == nil || head.start < best!.heads[best!.index].start {
                    best = (delimiter, heads, index, places.map { $0[0] })
                }
                break
            }
        }
        guard let best else { return false }
        let header = best.heads[best.index]
        try throwIfMixed(heads, best.delimiter, best.heads, header: best.index)
        for head in best.heads[..<best.index] {
            let fields = head.fields ?? []
            let byHeader =
                fields.count > best.places.max()!
                && isPair(fields[best.places[1]], fields[best.places[3]])
            if byHeader || fields.count >= 4 && isPair(fields[1], fields[3]) {
                throw SourceFormatError(.recordAboveHeader(headerLine: 0), line: position(head.start).line)
            }
        }
        for (other, rows) in heads where other != best.delimiter {
            if let row = rows.first(where: { row in
                guard row.next <= header.start, let fields = row.fields, fields.count >= 4 else { return false }
                return isPair(fields[1], fields[3])
            }) {
                throw SourceFormatError(.recordAboveHeader(headerLine: 0), line: position(row.start).line)
            }
        }
        dialect.delimiter = best.delimiter
        dialect.hasHeader = true
        dialect.columns = .init(
            name: best.places[0], age: best.places[1], cookie: best.places[2], bannerID: best.places[3])
        dialect.width = header.width
        dialect.firstRecord = position(header.next)
        return true
    }

    private func throwIfMixed(
        _ all: [(Delimiter, [Head])], _ delimiter: Delimiter, _ heads: [Head], header: Int
    ) throws(SourceFormatError) {
        let below = heads.dropFirst(header + 1)
        guard !below.isEmpty, below.allSatisfy({ $0.fields?.count == 1 }) else { return }
        for (other, rows) in all where other != delimiter {
            let rows = rows.filter { $0.start >= heads[header].next }
            guard let first = rows.first, rows.allSatisfy({ ($0.fields ?? []).count >= 4 }) else { continue }
            throw SourceFormatError(.mixedDelimiters(header: "", records: ""), line: position(first.start).line)
        }
    }

    /// The first record that fills more than half as many fields as most records of more than one.
    private static func firstFull(_ heads: [Head]) -> Int? {
        let filled = heads.map { ($0.fields ?? []).count { !$0.isEmpty } }
        var usual = 0
        for count in filled where count > 1 {
            let (times, best) = (filled.count { $0 == count }, filled.count { $0 == usual })
            if usual == 0 || times > best || times == best && count > usual { usual = count }
        }
        return usual == 0 ? nil : filled.firstIndex { $0 * 2 > usual }
    }

    /// That of the first record, unless half of the others have fewer fields: then the most frequent of theirs, and of
    /// equally frequent ones the smallest.
    private static func width(_ heads: [Head]) -> Int {
        guard let first = heads.first else { return 0 }
        let others = heads.dropFirst().filter { $0.width > 0 }
        let widths = others.filter { $0.fields!.count < first.width }.map(\.width)
        if widths.isEmpty || widths.count * 2 < others.count { return first.width }
        var usual = 0
        for width in Set(widths).sorted() {
            let (times, best) = (widths.count { $0 == width }, widths.count { $0 == usual })
            if usual == 0 || times > best { usual = width }
        }
        return usual
    }

    /// Whether the texts can be an age and a banner.
    private func isPair(_ age: String, _ banner: String) -> Bool {
        (number(age) ?? .max) <= 150 && (number(banner) ?? .max) <= 99
    }

    private mutating func takeRecords(_ heads: [(Delimiter, [Head])], _ start: Int) throws(SourceFormatError) {
        func fits(_ head: Head) -> Bool {
            guard let fields = head.fields, fields.count >= 4 else { return false }
            let whole = /[-+]?[0-9]+([.,]0+)?/
            return fields[1].wholeMatch(of: whole) != nil && fields[3].wholeMatch(of: whole) != nil
        }
        let counted = heads.map { delimiter, heads in
            (delimiter, heads, heads.count(where: fits), heads.count { ($0.fields?.count ?? 0) >= 4 })
        }
        let good = counted.filter { _, heads, count, all in
            count > 0 && (options.hasNoHeader || fits(heads[0]) && count * 4 >= all * 3)
        }
        let highest = good.map(\.2).max()
        let best = good.filter { $0.2 == highest }
        if best.count > 1 { throw SourceFormatError(.ambiguousDelimiter([]), line: position(best[0].1[0].start).line) }
        if let best = best.first {
            dialect.delimiter = best.0
            dialect.width = max(Self.width(best.1), 4)
        } else if options.hasNoHeader {
            let fields = heads.map { $0.1.first?.fields?.count ?? 0 }
            let place = fields.firstIndex(of: fields.max()!)!
            dialect.delimiter = heads[place].0
            dialect.width = max(Self.width(heads[place].1), 4)
        } else {
            for (delimiter, heads) in heads {
                guard let place = Self.firstFull(heads), (heads[place].fields ?? []).count >= 4 else { continue }
                try throwIfMixed(counted.map { ($0.0, $0.1) }, delimiter, heads, header: place)
            }
            throw SourceFormatError(.unknownHeader(firstLine: "", titles: [], titlesLine: nil), line: 0)
        }
    }

    private static let names = ["name", "age", "cookie", "bannerid"]

    /// A field as titles are compared.
    static func title(_ field: [UInt8]) -> String {
        let ignored: Set<Unicode.Scalar> = [
            "_", "-", "\"", "'", "“", "”", "„", "‘", "’", "‚", "«", "»", "`",
        ]
        var title = String.UnicodeScalarView()
        for scalar in String(decoding: field, as: UTF8.self).unicodeScalars {
            let properties = scalar.properties
            if ignored.contains(scalar) || properties.isWhitespace || properties.isDefaultIgnorableCodePoint
                || properties.generalCategory == .control || properties.generalCategory == .format
            {
                continue
            }
            title.append(scalar)
        }
        return String(title).lowercased()
    }
}
