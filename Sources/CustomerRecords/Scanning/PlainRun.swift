/// Takes the records that a plain run accepts.
protocol PlainRecordWriter {
    /// - Parameters:
    ///   - record: the record, of which 64 bytes are readable.
    ///   - length: its bytes, below 64.
    ///   - cookie: where its cookie begins; 48 bytes are readable.
    mutating func write(
        _ record: UnsafeRawPointer, length: Int, cookie: UnsafeRawPointer, cookieLength: Int, age: Int, bannerID: Int,
        line: Int)
}

/// Reads a run of plain records at full speed: four fields in standard order, within 64 bytes, no quotes but those
/// around fields, valid, nothing suspicious, and ASCII except for the name.
///
/// It stops at the first record that is anything else, and leaves that to the general way, which gives the same result
/// for plain ones, too. So this may give up whenever it likes, and never needs to know why a record is not plain.
///
/// Invariant for its unsafe reads: `base[cursor ..< cursor + 64]` are bytes of the source, because the run ends at
/// `stop`; and from any of them 48 more are readable, because the window is padded by 128 bytes. A cookie begins less
/// than 64 bytes behind the cursor.
struct PlainRun {
    private(set) var cursor: Int
    private(set) var line: Int
    private(set) var filtered = 0
    private(set) var accepted = 0

    /// No record begins here or behind.
    let stop: Int
    /// The most records to accept.
    let most: Int
    let delimiter: UInt8
    let rules: RecordRules
    let filter: AgeFilter

    init(
        cursor: Int, stop: Int, line: Int, most: Int, delimiter: UInt8, rules: RecordRules, filter: AgeFilter
    ) {
        self.cursor = cursor
        self.stop = stop
        self.line = line
        self.most = most
        self.delimiter = delimiter
        self.rules = rules
        self.filter = filter
    }

    @inline(__always)
    mutating func scan<Writer: PlainRecordWriter>(_ window: UnsafeRawBufferPointer, into writer: inout Writer) {
        guard let base = window.baseAddress else { return }
        let bytes = RawSpan(_unsafeBytes: window)
        let delimiter = ByteVector(repeating: delimiter)
        let lineFeed = ByteVector(repeating: .lineFeed)
        let carriageReturn = ByteVector(repeating: .carriageReturn)
        let quote = ByteVector(repeating: .quote)
        let null = ByteVector(repeating: 0)
        let youngest = filter.minimum
        let oldest = filter.maximum ?? .max
        var cursor = self.cursor
        var line = self.line
        var filtered = 0
        var accepted = 0

        while cursor < stop, accepted < most {
            let record = base + cursor
            let v0 = ByteVector(at: record)
            let v1 = ByteVector(at: record + 16)
            let v2 = ByteVector(at: record + 32)
            let v3 = ByteVector(at: record + 48)
            @inline(__always)
            func mask(_ test: (ByteVector) -> ByteVector) -> UInt64 {
                test(v0).bits | test(v1).bits << 16 | test(v2).bits << 32 | test(v3).bits << 48
            }
            let newlines = mask { $0.equals(lineFeed) | $0.equals(carriageReturn) }
            let inside = newlines.belowLowest
            let strange = mask { $0.equals(quote) | $0.equals(null) }
            guard newlines != 0 else { break }
            var quotes: UInt64 = 0
            if strange & inside != 0 {
                quotes = mask { $0.equals(quote) } & inside
                guard quotes == strange & inside else { break }
            }

            var delimiters = mask { $0.equals(delimiter) } & inside
            let nameEnd = delimiters.trailingZeroBitCount
            delimiters &= delimiters &- 1
            let ageEnd = delimiters.trailingZeroBitCount
            delimiters &= delimiters &- 1
            // A fifth field would be no part of a number.
            guard delimiters != 0 else { break }
            let cookieEnd = delimiters.trailingZeroBitCount
            let end = newlines.trailingZeroBitCount

            var name = Place(start: 0, end: nameEnd)
            var ageText = Place(start: nameEnd + 1, end: ageEnd)
            var cookieText = Place(start: ageEnd + 1, end: cookieEnd)
            var banner = Place(start: cookieEnd + 1, end: end)
            if quotes != 0 {
                // Quotes anywhere else decide where fields end.
                let taken =
                    name.unquote(quotes) + ageText.unquote(quotes) + cookieText.unquote(quotes)
                    + banner.unquote(quotes)
                guard taken == quotes.nonzeroBitCount else { break }
            }

            let cookie = record + cookieText.start
            let cookieLength = cookieText.end - cookieText.start
            let beyondASCII = mask { $0 } & inside
            let isName: Bool
            if beyondASCII != 0 {
                isName =
                    beyondASCII >> UInt64(nameEnd) == 0
                    && FieldRules.isName(bytes, cursor + name.start..<cursor + name.end, rules)
            } else if name.start == 0 {
                isName = PlainField.isName(v0, v1, length: nameEnd)
            } else {
                isName = PlainField.isName(
                    ByteVector(at: record + 1), ByteVector(at: record + 17), length: name.end - name.start)
            }
            let cookieHead = ByteVector(at: cookie)
            guard isName,
                let age = number(record, from: ageText.start, to: ageText.end),
                PlainField.isCookie(
                    cookieHead, ByteVector(at: cookie + 16), ByteVector(at: cookie + 32),
                    length: cookieLength, format: rules.cookieFormat),
                SuspiciousCookie.isExcluded(cookie[0], length: cookieLength, vector: cookieHead),
                let bannerID = number(record, from: banner.start, to: banner.end)
            else { break }

            if age >= youngest, age <= oldest {
                writer.write(
                    record, length: end, cookie: cookie, cookieLength: cookieLength, age: age,
                    bannerID: bannerID, line: line)
                accepted += 1
            } else {
                filtered += 1
            }
            let isPair = record[end] == .carriageReturn && record[end + 1] == .lineFeed
            cursor += end + (isPair ? 2 : 1)
            line += 1
        }
        self.cursor = cursor
        self.line = line
        self.filtered = filtered
        self.accepted = accepted
    }

    /// Where a field stands in its record.
    private struct Place {
        var start: Int
        var end: Int

        /// Takes off the quotes with which it begins and ends, and returns how many.
        @inline(__always)
        mutating func unquote(_ quotes: UInt64) -> Int {
            guard end - start >= 2, quotes >> UInt64(start) & quotes >> UInt64(end - 1) & 1 == 1 else { return 0 }
            start += 1
            end -= 1
            return 2
        }
    }

    /// One or two digits; these are below any bound that a rule sets.
    @inline(__always)
    private func number(_ record: UnsafeRawPointer, from start: Int, to end: Int) -> Int? {
        let first = record[start] &- .zero
        if end - start == 2 {
            let second = record[start + 1] &- .zero
            return first <= 9 && second <= 9 ? Int(first) * 10 + Int(second) : nil
        }
        return end - start == 1 && first <= 9 ? Int(first) : nil
    }
}

extension UnsafeRawPointer {
    @inline(__always)
    fileprivate subscript(offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}
