public import CustomerRecords

/// What applies to a submission that does not say otherwise. It is asked for with every submission, so settings may
/// change while the listener runs.
public struct SubmissionDefaults: Hashable, Sendable {
    public var filter: AgeFilter
    public var rules: RecordRules
    /// `nil` detects it from the first record of an upload.
    public var delimiter: Delimiter?
    /// Records in a request, 1…1000.
    public var batchSize: Int

    public init(
        filter: AgeFilter = AgeFilter(), rules: RecordRules = RecordRules(), delimiter: Delimiter? = nil,
        batchSize: Int = 1000
    ) {
        self.filter = filter
        self.rules = rules
        self.delimiter = delimiter
        self.batchSize = batchSize
    }
}
