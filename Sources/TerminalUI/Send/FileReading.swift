import CustomerRecords

/// How one file is read where the operator decided that: beyond this, the program's options hold.
struct FileReading: Hashable, Sendable {
    /// Which of its columns hold what is delivered; `nil` is what the options and its header say.
    var columns: ColumnMapping?
    /// The same choice by place, counted from 1: it holds in every encoding, while titles read differently.
    var places: [KnownColumn: Int]?
    /// `nil` is what the options and its first bytes say.
    var encoding: String?
    /// Which names are valid; `nil` is what the options say.
    var nameFormat: RecordRules.NameFormat?
    /// Whether columns or encoding were chosen for another file with the same header.
    var isRemembered = false

    /// Whether columns were chosen whose titles have to be read again, in another encoding.
    var isPending: Bool { places != nil && columns == nil }

    func applied(to options: ReaderOptions) -> ReaderOptions {
        var options = options
        if let columns {
            options.columns = columns
            options.hasNoHeader = false
        }
        if let encoding { options.encoding = encoding }
        if let nameFormat { options.rules.nameFormat = nameFormat }
        return options
    }
}
