/// What an erasure removed, or would remove, and what it left alone.
public struct ErasureReport: Hashable, Codable, Sendable {
    public enum Place: String, Hashable, Codable, CaseIterable, Sendable {
        case failures
        case storedRecords = "stored_records"
        case storedAnswers = "stored_answers"
        case notices
        case lists
        case rejectedFiles = "rejected_files"
        case uploads
        case unsentFiles = "unsent_files"
        case log
        case journalCopies = "journal_copies"
    }

    /// Something that holds erased cookies and was not touched.
    public struct Remainder: Hashable, Codable, Sendable {
        /// One line: what it is, and what to do.
        public var text: String
        /// Whether it lies in the state directory or among the unsent files: then the erasure is not complete.
        public var isStored: Bool

        public init(_ text: String, isStored: Bool) {
            self.text = text
            self.isStored = isStored
        }
    }

    /// Records, answers or words, by where they were; for uploads and copies of the journal, files.
    public var counts: [Place: Int]
    public var remainders: [Remainder]

    public init(counts: [Place: Int] = [:], remainders: [Remainder] = []) {
        self.counts = counts
        self.remainders = remainders
    }

    public var total: Int { counts.values.reduce(0, +) }
    public var isComplete: Bool { !remainders.contains(where: \.isStored) }

    public mutating func add(_ count: Int, _ place: Place) {
        if count > 0 { counts[place, default: 0] += count }
    }
}
