/// How a source is to be read. A run keeps its options, so that a resumed one decides as it began.
public struct ReaderOptions: Codable, Hashable, Sendable {
    /// How many records the API takes in one request.
    public static let batchSizes = 1...1000
    public static let defaultBatchSize = batchSizes.upperBound

    public var filter: AgeFilter
    public var rules: RecordRules
    /// `nil` finds it from the header or the first records.
    public var delimiter: Delimiter?
    /// The most records of a batch, at least 1.
    public var batchSize: Int
    /// The text's encoding, as its sender names it; `nil` is UTF-8, or UTF-16 with a byte order mark.
    public var encoding: String?
    /// Which of the source's columns hold what is delivered, where their names don't say so.
    public var columns: ColumnMapping
    /// Whether the first record is data, whatever it looks like.
    public var hasNoHeader: Bool
    /// Whether a row may lack fields at its end, as long as it holds all four columns.
    public var allowsShortRows: Bool
    /// Maximum rejected records of a source that is sent; `nil` means no limit.
    public var maximumRejected: RejectionLimit?
    public var repeats: RepeatPolicy
    /// The name of the list whose records are left out, and which those that are delivered enter.
    public var onlyNew: String?

    public init(
        filter: AgeFilter = AgeFilter(), rules: RecordRules = RecordRules(), delimiter: Delimiter? = nil,
        batchSize: Int = Self.defaultBatchSize, encoding: String? = nil, columns: ColumnMapping = ColumnMapping(),
        hasNoHeader: Bool = false, allowsShortRows: Bool = false, maximumRejected: RejectionLimit? = nil,
        repeats: RepeatPolicy = .send, onlyNew: String? = nil
    ) {
        self.filter = filter
        self.rules = rules
        self.delimiter = delimiter
        self.batchSize = batchSize
        self.encoding = encoding
        self.columns = columns
        self.hasNoHeader = hasNoHeader
        self.allowsShortRows = allowsShortRows
        self.maximumRejected = maximumRejected
        self.repeats = repeats
        self.onlyNew = onlyNew
    }

    /// Options that were stored before an option existed lack it.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        filter = try values.decode(AgeFilter.self, forKey: .filter)
        rules = try values.decode(RecordRules.self, forKey: .rules)
        delimiter = try values.decodeIfPresent(Delimiter.self, forKey: .delimiter)
        batchSize = try values.decode(Int.self, forKey: .batchSize)
        encoding = try values.decodeIfPresent(String.self, forKey: .encoding)
        columns = try values.decodeIfPresent(ColumnMapping.self, forKey: .columns) ?? ColumnMapping()
        hasNoHeader = try values.decodeIfPresent(Bool.self, forKey: .hasNoHeader) ?? false
        allowsShortRows = try values.decodeIfPresent(Bool.self, forKey: .allowsShortRows) ?? false
        maximumRejected = try values.decodeIfPresent(RejectionLimit.self, forKey: .maximumRejected)
        repeats = try values.decodeIfPresent(RepeatPolicy.self, forKey: .repeats) ?? .send
        onlyNew = try values.decodeIfPresent(String.self, forKey: .onlyNew)
    }
}

/// What becomes of records with the same cookie and banner as an earlier one of the same source.
public enum RepeatPolicy: String, CaseIterable, Codable, Sendable {
    /// They are sent, and nobody looks.
    case send
    /// They are sent and counted.
    case count
    /// They are left out.
    case skip
}
