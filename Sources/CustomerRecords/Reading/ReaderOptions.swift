/// How a source is to be read. A run keeps its options, so that a resumed one decides as it began.
public struct ReaderOptions: Codable, Hashable, Sendable {
    public static let defaultBatchSize = 1000

    public var filter: AgeFilter
    public var rules: RecordRules
    /// `nil` finds it from the first record.
    public var delimiter: Delimiter?
    /// The most records of a batch, at least 1.
    public var batchSize: Int

    public init(
        filter: AgeFilter = AgeFilter(), rules: RecordRules = RecordRules(), delimiter: Delimiter? = nil,
        batchSize: Int = Self.defaultBatchSize
    ) {
        self.filter = filter
        self.rules = rules
        self.delimiter = delimiter
        self.batchSize = batchSize
    }
}
