/// How a source is written. It is found from the source's first record and kept for the whole run.
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

    public init(
        delimiter: Delimiter = .comma, hasHeader: Bool = false, columns: Columns = .standard,
        firstRecord: SourcePosition = .start
    ) {
        self.delimiter = delimiter
        self.hasHeader = hasHeader
        self.columns = columns
        self.firstRecord = firstRecord
    }

    /// The fields of a record as they were read, in line 0; `nil` when its quoting is broken or it has too few.
    ///
    /// - Parameter raw: a record without its line end, as a reader hands on rejected ones.
    public func fields(of raw: UnsafeRawBufferPointer) -> CustomerRow? {
        let bytes = RawSpan(_unsafeBytes: raw)
        var fields: [FieldRange] = []
        guard FieldWalk.read(bytes, 0..<raw.count, delimiter: delimiter.byte, into: &fields) == .whole,
            fields.count >= columns.fieldCount
        else { return nil }
        let customer = CustomerFields(fields, columns)
        return CustomerRow(
            line: 0, name: bytes.text(customer.name), age: bytes.text(customer.age),
            cookie: bytes.text(customer.cookie), bannerID: bytes.text(customer.bannerID))
    }
}
