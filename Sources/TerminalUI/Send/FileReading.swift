import CustomerRecords

/// How one file is read where the operator decided that: beyond this, the program's options hold.
struct FileReading: Hashable, Sendable {
    /// Which of its columns hold what is delivered; `nil` is what the options and its header say.
    var columns: ColumnMapping?
    /// `nil` is what the options and its first bytes say.
    var encoding: String?
    /// Whether the columns were chosen for another file with the same header.
    var isRemembered = false

    func applied(to options: ReaderOptions) -> ReaderOptions {
        var options = options
        if let columns {
            options.columns = columns
            options.hasNoHeader = false
        }
        if let encoding { options.encoding = encoding }
        return options
    }
}
