/// How a source is written. It is found from the source's first records and kept for the whole run.
public struct CSVDialect: Codable, Hashable, Sendable {
    /// The columns of a record, counted from 0, that hold what is delivered.
    public struct Columns: Codable, Hashable, Sendable {
        public var name: Int
        public var age: Int
        public var cookie: Int
        public var bannerID: Int

        /// The order of a source without a header.
        public static let standard = Columns(name: 0, age: 1, cookie: 2, bannerID: 3)

        public init(name: Int, age: Int, cookie: Int, bannerID: Int) {
            self.name = name
            self.age = age
            self.cookie = cookie
            self.bannerID = bannerID
        }

        /// How many fields a record needs at least.
        public var fieldCount: Int { max(name, age, cookie, bannerID) + 1 }
    }

    public var delimiter: Delimiter
    public var hasHeader: Bool
    public var columns: Columns
    /// Where the data begin: after the byte order mark and the header.
    public var firstRecord: SourcePosition
    /// How many fields a record has, empty ones at its end left out; `nil` in version 1 of the rules, when those behind
    /// the last column didn't matter.
    public var width: Int?
    /// How the source's bytes become text.
    public var decoding: SourceDecoding
    /// What the header calls the four columns, in the form that is compared, to know it when it comes again.
    public var titles: [String]
    /// Whether the source begins as UTF-8 with characters beyond ASCII: bytes that are not UTF-8 are damage then, and say
    /// nothing about its encoding.
    public var showsUTF8 = false
    /// What was decided about the source.
    public var notices: [Notice]

    public init(
        delimiter: Delimiter = .comma, hasHeader: Bool = false, columns: Columns = .standard,
        firstRecord: SourcePosition = .start, width: Int? = 4, decoding: SourceDecoding = SourceDecoding(),
        titles: [String]? = nil, notices: [Notice] = []
    ) {
        self.delimiter = delimiter
        self.hasHeader = hasHeader
        self.columns = columns
        self.firstRecord = firstRecord
        self.width = width
        self.decoding = decoding
        self.titles = titles ?? KnownColumn.allCases.map { KnownColumn.normalized($0.rawValue) }
        self.notices = notices
    }

    /// What an earlier version stored lacks what it did not know.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        delimiter = try values.decode(Delimiter.self, forKey: .delimiter)
        hasHeader = try values.decode(Bool.self, forKey: .hasHeader)
        columns = try values.decode(Columns.self, forKey: .columns)
        firstRecord = try values.decode(SourcePosition.self, forKey: .firstRecord)
        width = try values.decodeIfPresent(Int.self, forKey: .width)
        decoding = try values.decodeIfPresent(SourceDecoding.self, forKey: .decoding) ?? SourceDecoding()
        titles = try values.decodeIfPresent([String].self, forKey: .titles) ?? []
        showsUTF8 = try values.decodeIfPresent(Bool.self, forKey: .showsUTF8) ?? false
        notices = try values.decodeIfPresent([Notice].self, forKey: .notices) ?? []
    }

    var trimming: Trimming { width == nil ? .spaces : .whiteSpace }

    /// The fields of a record as they were read; `nil` when its quoting is broken or it has too few.
    ///
    /// - Parameter raw: a record without its line end, as a reader hands on rejected ones.
    public func fields(of raw: UnsafeRawBufferPointer) -> RecordFields? {
        let bytes = RawSpan(_unsafeBytes: raw)
        var fields: [FieldRange] = []
        var counts = FieldCounts()
        let ending = FieldWalk.read(
            bytes, 0..<raw.count, delimiter: delimiter.byte, trimming: trimming, into: &fields, counts: &counts)
        guard ending == .whole, fields.count >= columns.fieldCount, width.map({ counts.filled <= $0 }) ?? true else {
            return nil
        }
        let customer = CustomerFields(fields, columns)
        return RecordFields(
            name: bytes.text(customer.name), age: bytes.text(customer.age), cookie: bytes.text(customer.cookie),
            bannerID: bytes.text(customer.bannerID))
    }

    /// Whether a record names the columns again, and whether in the order of the header.
    enum HeaderCheck {
        case none
        case repeated
        case inAnotherOrder
    }

    func headerCheck(_ fields: [String]) -> HeaderCheck {
        guard titles.count == 4, fields.count >= 2 else { return .none }
        let found = fields.map(KnownColumn.normalized)
        var places = 0
        var named = 0
        for (index, column) in KnownColumn.allCases.enumerated() where !titles[index].isEmpty {
            let place = columns[column]
            if place < found.count, found[place] == titles[index] { places += 1 }
            if found.contains(titles[index]) { named += 1 }
        }
        if places == 4 { return .repeated }
        // Where a number stands for the age or the banner, it is a record that happens to hold these words.
        let holdsNumber = [columns.age, columns.bannerID].contains { place in
            place < found.count && found[place].first.map { $0.isASCII && $0.isNumber } == true
        }
        if named >= 2, named > places, !holdsNumber { return .inAnotherOrder }
        return standardHeaderCheck(fields)
    }

    /// Whether it names the columns by their own names, where those of this source have others.
    private func standardHeaderCheck(_ fields: [String]) -> HeaderCheck {
        let places = KnownColumn.allCases.map { column in fields.firstIndex { KnownColumn(title: $0) == column } }
        guard !places.contains(nil) else { return .none }
        let isInOrder = zip(KnownColumn.allCases, places).allSatisfy { columns[$0] == $1 }
        return isInOrder ? .repeated : .inAnotherOrder
    }
}
