public import CustomerRecords

/// What applies to a submission that does not say otherwise. It is asked for with every submission, so settings may
/// change while the listener runs.
public struct SubmissionDefaults: Hashable, Sendable {
    /// How uploads are read, and whose records are sent.
    public var options: ReaderOptions

    public var filter: AgeFilter { options.filter }
    public var rules: RecordRules { options.rules }

    public init(options: ReaderOptions = ReaderOptions()) {
        self.options = options
    }
}
