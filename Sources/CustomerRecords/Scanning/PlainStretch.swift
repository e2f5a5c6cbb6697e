/// Takes the records that a plain stretch accepts.
protocol PlainRecordWriter {
    /// - Parameters:
    ///   - record: the record, of which 128 bytes are readable.
    ///   - length: its bytes, below 128.
    ///   - cookie: where its cookie begins; 48 bytes are readable.
    mutating func write(
        _ record: UnsafeRawPointer, length: Int, cookie: UnsafeRawPointer, cookieLength: Int, age: Int, bannerID: Int,
        line: Int)
}

/// Reads a stretch of plain records at full speed: four fields in standard order, within 128 bytes, no quotes but those
/// around fields, valid, nothing suspicious, and ASCII except for the name.
///
/// It stops at the first record that is anything else, and leaves that to the general way, which gives the same result
/// for plain ones, too. So this may give up whenever it likes, and never needs to know why a record is not plain.
///
/// Invariant for its unsafe reads: `base[cursor ..< cursor + 128]` are bytes of the source, because the stretch ends at
/// `stop`; and from any of them 48 more are readable, because the window is padded by 128 bytes. A cookie begins less
/// than 128 bytes behind the cursor.
struct PlainStretch {
    /// A plain record is shorter than this.
    static let longestRecord = 2 * ByteBlock.count

    private(set) var cursor: Int
    private(set) var line: Int
    private(set) var filtered = 0
    private(set) var accepted = 0

    /// No record begins here or behind.
    let stop: Int
    /// How many records to accept.
    let maximumRecords: Int
    let delimiter: UInt8
    let rules: RecordRules
    let filter: AgeFilter

    init(
        cursor: Int, stop: Int, line: Int, maximumRecords: Int, delimiter: UInt8, rules: RecordRules, filter: AgeFilter
    ) {
        self.cursor = cursor
        self.stop = stop
        self.line = line
        self.maximumRecords = maximumRecords
        self.delimiter = delimiter
        self.rules = rules
        self.filter = filter
    }

    @inline(__always)
    mutating func scan<Writer: PlainRecordWriter>(_ window: UnsafeRawBufferPointer, into writer: inout Writer) {
        guard let base = window.baseAddress else { return }
        let bytes = RawSpan(_unsafeBytes: window)
        let lineFeed = ByteVector(repeating: .lineFeed)
        let carriageReturn = ByteVector(repeating: .carriageReturn)
        let delimiter = ByteVector(repeating: delimiter)
        let youngest = filter.minimum
        let oldest = filter.maximum ?? .max
        var cursor = self.cursor
        var line = self.line
        var filtered = 0
        var accepted = 0

        @inline(__always)
        func take(_ found: PlainRecord, _ record: UnsafeRawPointer) {
            let end = found.length
            if found.age >= youngest, found.age <= oldest {
                writer.write(
                    record, length: end, cookie: record + found.cookieStart, cookieLength: found.cookieLength,
                    age: found.age, bannerID: found.bannerID, line: line)
                accepted += 1
            } else {
                filtered += 1
            }
            let isPair = record[end] == .carriageReturn && record[end + 1] == .lineFeed
            cursor += end + (isPair ? 2 : 1)
            line += 1
        }

        var isPlain = true
        while isPlain, cursor < stop, accepted < maximumRecords {
            // Most records are short, and this loop is all that is done for them.
            while cursor < stop, accepted < maximumRecords {
                let record = base + cursor
                let block = PlainBlock(at: record)
                let newlines = block.mask { $0.equals(lineFeed) | $0.equals(carriageReturn) }
                guard newlines != 0 else { break }
                guard
                    let found = PlainRecord(
                        block, newlines, delimiter, in: bytes, at: cursor, record: record, rules: rules)
                else {
                    isPlain = false
                    break
                }
                take(found, record)
            }
            guard isPlain, cursor < stop, accepted < maximumRecords else { break }
            let record = base + cursor
            guard let found = Self.longRecord(delimiter, in: bytes, at: cursor, record: record, rules: rules) else {
                break
            }
            take(found, record)
        }
        self.cursor = cursor
        self.line = line
        self.filtered = filtered
        self.accepted = accepted
    }

    /// Stands apart, so that the loop over short records keeps its registers.
    @inline(never)
    private static func longRecord(
        _ delimiter: ByteVector, in bytes: borrowing RawSpan, at offset: Int,
        record: UnsafeRawPointer, rules: RecordRules
    ) -> PlainRecord? {
        let block = WidePlainBlock(low: PlainBlock(at: record), high: PlainBlock(at: record + ByteBlock.count))
        let lineFeed = ByteVector(repeating: .lineFeed)
        let carriageReturn = ByteVector(repeating: .carriageReturn)
        let newlines = block.mask { $0.equals(lineFeed) | $0.equals(carriageReturn) }
        guard newlines != 0 else { return nil }
        return PlainRecord(block, newlines, delimiter, in: bytes, at: offset, record: record, rules: rules)
    }
}

/// Bytes in which the whole of a record is looked for at once.
private protocol PlainBytes {
    associatedtype Mask: FixedWidthInteger & UnsignedInteger

    /// One bit for each byte: the top bit of what the test makes of it.
    func mask(_ test: (ByteVector) -> ByteVector) -> Mask
}

private struct PlainBlock: PlainBytes {
    let v0: ByteVector
    let v1: ByteVector
    let v2: ByteVector
    let v3: ByteVector

    @inline(__always)
    init(at pointer: UnsafeRawPointer) {
        v0 = ByteVector(at: pointer)
        v1 = ByteVector(at: pointer + 16)
        v2 = ByteVector(at: pointer + 32)
        v3 = ByteVector(at: pointer + 48)
    }

    @inline(__always)
    func mask(_ test: (ByteVector) -> ByteVector) -> UInt64 {
        test(v0).bits | test(v1).bits << 16 | test(v2).bits << 32 | test(v3).bits << 48
    }
}

private struct WidePlainBlock: PlainBytes {
    let low: PlainBlock
    let high: PlainBlock

    @inline(__always)
    init(low: PlainBlock, high: PlainBlock) {
        self.low = low
        self.high = high
    }

    @inline(__always)
    func mask(_ test: (ByteVector) -> ByteVector) -> UInt128 {
        UInt128(high.mask(test)) << 64 | UInt128(low.mask(test))
    }
}

/// A plain record, taken apart and found valid.
private struct PlainRecord {
    let length: Int
    let cookieStart: Int
    let cookieLength: Int
    let age: Int
    let bannerID: Int

    /// - Parameters:
    ///   - newlines: where the block has line ends, one at least.
    ///   - offset: where the record begins in `bytes`, which is at `record`.
    @inline(__always)
    init?<Block: PlainBytes>(
        _ block: Block, _ newlines: Block.Mask, _ delimiter: ByteVector, in bytes: borrowing RawSpan, at offset: Int,
        record: UnsafeRawPointer, rules: RecordRules
    ) {
        let quote = ByteVector(repeating: .quote)
        let null = ByteVector(repeating: 0)
        let inside = (newlines &- 1) & ~newlines
        let strange = block.mask { $0.equals(quote) | $0.equals(null) } & inside
        var delimiters = block.mask { $0.equals(delimiter) } & inside
        let nameEnd = delimiters.trailingZeroBitCount
        delimiters &= delimiters &- 1
        let ageEnd = delimiters.trailingZeroBitCount
        delimiters &= delimiters &- 1
        // A fifth field would be no part of a number.
        guard delimiters != 0 else { return nil }
        let cookieEnd = delimiters.trailingZeroBitCount
        let end = newlines.trailingZeroBitCount
        let beyondASCII = block.mask { $0 } & inside
        let isPlainName = beyondASCII == 0
        guard isPlainName || beyondASCII >> Block.Mask(truncatingIfNeeded: nameEnd) == 0 else { return nil }

        guard strange == 0 else {
            self.init(
                quoted: strange, block.mask { $0.equals(quote) } & inside, bytes, offset, record, isPlainName, rules,
                ends: (nameEnd, ageEnd, cookieEnd, end))
            return
        }
        self.init(
            record, offset, bytes, isPlainName, rules, name: (0, nameEnd), age: (nameEnd + 1, ageEnd),
            cookie: (ageEnd + 1, cookieEnd), bannerID: (cookieEnd + 1, end), length: end)
    }

    /// Quotes around a field are no part of it. Stands apart, since most files have none.
    @inline(never)
    private init?<Mask: FixedWidthInteger & UnsignedInteger>(
        quoted strange: Mask, _ quotes: Mask, _ bytes: borrowing RawSpan, _ offset: Int, _ record: UnsafeRawPointer,
        _ isPlainName: Bool, _ rules: RecordRules, ends: (name: Int, age: Int, cookie: Int, bannerID: Int)
    ) {
        var name = (0, ends.name)
        var age = (ends.name + 1, ends.age)
        var cookie = (ends.age + 1, ends.cookie)
        var bannerID = (ends.cookie + 1, ends.bannerID)
        // Quotes anywhere else decide where fields end.
        let taken =
            Self.unquote(&name, quotes) + Self.unquote(&age, quotes) + Self.unquote(&cookie, quotes)
            + Self.unquote(&bannerID, quotes)
        guard quotes == strange, taken == quotes.nonzeroBitCount else { return nil }
        self.init(
            record, offset, bytes, isPlainName, rules, name: name, age: age, cookie: cookie, bannerID: bannerID,
            length: ends.bannerID)
    }

    /// Checks the fields, each of which is given by where it starts and ends.
    @inline(__always)
    private init?(
        _ record: UnsafeRawPointer, _ offset: Int, _ bytes: borrowing RawSpan, _ isPlainName: Bool,
        _ rules: RecordRules, name: (Int, Int), age: (Int, Int), cookie: (Int, Int), bannerID: (Int, Int), length: Int
    ) {
        let start = record + name.0
        let isName =
            isPlainName && name.1 - name.0 <= PlainField.longestName
            ? PlainField.isName(ByteVector(at: start), ByteVector(at: start + 16), length: name.1 - name.0)
            : rules.nameFormat != .ascii
                && PlainField.isLatinName(ByteVector(at: start), ByteVector(at: start + 16), length: name.1 - name.0)
                || FieldRules.isName(bytes, offset + name.0..<offset + name.1, rules)
        let cookieLength = cookie.1 - cookie.0
        let text = record + cookie.0
        let head = ByteVector(at: text)
        guard isName, let age = Self.number(record, age),
            PlainField.isCookie(
                head, ByteVector(at: text + 16), ByteVector(at: text + 32), length: cookieLength,
                format: rules.cookieFormat),
            SuspiciousCookie.isExcluded(text[0], length: cookieLength, vector: head)
                || SuspiciousCookie.isOrdinary(bytes, offset + cookie.0..<offset + cookie.1),
            let bannerID = Self.number(record, bannerID)
        else { return nil }
        self.length = length
        cookieStart = cookie.0
        self.cookieLength = cookieLength
        self.age = age
        self.bannerID = bannerID
    }

    /// Takes off the quotes with which a field begins and ends, and returns how many.
    @inline(__always)
    private static func unquote<Mask: FixedWidthInteger>(_ field: inout (Int, Int), _ quotes: Mask) -> Int {
        guard field.1 - field.0 >= 2, (quotes &>> Mask(truncatingIfNeeded: field.0)) & 1 == 1,
            (quotes &>> Mask(truncatingIfNeeded: field.1 - 1)) & 1 == 1
        else { return 0 }
        field.0 += 1
        field.1 -= 1
        return 2
    }

    /// One or two digits; these are below any bound that a rule sets.
    @inline(__always)
    private static func number(_ record: UnsafeRawPointer, _ field: (Int, Int)) -> Int? {
        let first = record[field.0] &- .zero
        if field.1 - field.0 == 2 {
            let second = record[field.0 + 1] &- .zero
            return first <= 9 && second <= 9 ? Int(first) * 10 + Int(second) : nil
        }
        return field.1 - field.0 == 1 && first <= 9 ? Int(first) : nil
    }
}

extension UnsafeRawPointer {
    @inline(__always)
    fileprivate subscript(offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}
