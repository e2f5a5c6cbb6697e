import CustomerRecords

/// The beginning of a file, as the browser shows it beside the list.
struct FilePreview: Hashable, Sendable {
    struct Record: Hashable, Sendable {
        enum Verdict: Hashable, Sendable {
            /// Keeps every rule; whether it is sent is up to the age filter.
            case valid(age: Int)
            case rejected(ReasonCode)
        }

        var line: Int
        /// Of a record that can't be taken apart, the name is all that was read.
        var fields: RecordFields
        var verdict: Verdict
        /// What exactly is wrong with a rejected one.
        var message: String?
    }

    var size: Int
    /// Of the file when it was read.
    var version = FileVersion()
    var delimiter: Delimiter
    var hasHeader: Bool
    var hasByteOrderMark: Bool
    /// `nil` is UTF-8.
    var encoding: String?
    /// What the reader decided by itself, and what looks odd.
    var notices: [Notice] = []
    var records: [Record]
    /// About how many records the file holds; exact when the preview has seen all of it.
    var estimatedRecords: Int
    var isWhole: Bool
    /// Tells its header by its bytes where an encoding matters; empty elsewhere.
    var header = ""
}
