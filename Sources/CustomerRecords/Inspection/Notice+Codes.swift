extension Notice.Code {
    // Decisions about the source.
    public static let compressed = Self(rawValue: "compressed")
    public static let encoding = Self(rawValue: "encoding")
    public static let separatorLine = Self(rawValue: "separator_line")
    public static let delimiter = Self(rawValue: "delimiter")
    public static let skippedLines = Self(rawValue: "skipped_lines")
    public static let headerLine = Self(rawValue: "header_line")
    public static let noHeader = Self(rawValue: "no_header")
    public static let noRecords = Self(rawValue: "no_records")
    /// A run of the same file is not at its end; the example names it.
    public static let openRun = Self(rawValue: "open_run")
    public static let grown = Self(rawValue: "grown")

    // Rows that are no records.
    public static let emptyRows = Self(rawValue: "empty_rows")
    public static let repeatedHeader = Self(rawValue: "repeated_header")

    // Rejected records, and what would let them pass.
    public static let shortRows = Self(rawValue: "short_rows")
    public static let otherDelimiter = Self(rawValue: "other_delimiter")
    public static let cutOff = Self(rawValue: "cut_off")
    public static let notText = Self(rawValue: "not_text")
    public static let convertedTwice = Self(rawValue: "converted_twice")
    public static let nameFormatLetters = Self(rawValue: "name_format_letters")
    public static let nameFormatCommon = Self(rawValue: "name_format_common")
    public static let nameFormatAny = Self(rawValue: "name_format_any")

    // Cookies that look like an accident.
    public static let cookieNumber = Self(rawValue: "cookie_number")
    public static let cookiePlaceholder = Self(rawValue: "cookie_placeholder")
    public static let cookieQuotes = Self(rawValue: "cookie_quotes")
    public static let cookieGuard = Self(rawValue: "cookie_guard")
    public static let cookieDamaged = Self(rawValue: "cookie_damaged")

    public static let repeatedVisitors = Self(rawValue: "repeated_visitors")
    public static let repeatedVisitorsSkipped = Self(rawValue: "repeated_visitors_skipped")
}

extension Notice {
    /// One line that says what it means and, where something can be done, what.
    public var text: String {
        let example = example ?? ""
        let records = count == 1 ? "1 record" : "\(count) records"
        let names = count == 1 ? "1 rejected name" : "\(count) rejected names"
        let rows = count == 1 ? "1 row" : "\(count) rows"
        return switch code {
        case .compressed: "decompressed from gzip"
        case .encoding: "read as \(example)"
        case .separatorLine: "the first line says that the delimiter is \(example)"
        case .delimiter: "the delimiter is \(example)"
        case .skippedLines: "\(count == 1 ? "1 line" : "\(count) lines") above the header skipped (\(example))"
        case .headerLine: "taken for the header (\(example))"
        case .noHeader:
            "no header: the columns are read as \(example.isEmpty ? "name, age, cookie, banner_id" : example)"
        case .noRecords: "the source has no records"
        case .openRun:
            "\(example) of the same file has not ended: resume or discard it instead of sending the file again"
        case .grown:
            "the file grew while it was being read: what was added, with the line that it completes, is not part of this run; send that as a file of its own"
        case .emptyRows: "\(rows) skipped because they are empty"
        case .repeatedHeader: "the header again, \(count == 1 ? "once" : "\(count) times"), skipped (\(example))"
        case .shortRows:
            "\(rows) rejected as too short, though all four columns are there; --short-rows admits them (\(example))"
        case .otherDelimiter:
            "\(rows) rejected that use another delimiter (\(example)); all lines of a file need the same one"
        case .cutOff: "the last line is not a whole record (\(example)): was the file cut off? Export or copy it again"
        case .notText where example == Self.isUTF8:
            "\(records) with bytes that are not UTF-8, though the file is: correct them, or export it again"
        case .notText:
            "\(records) with bytes that are not UTF-8; "
                + (EncodingGuess.allCases.first { example.hasSuffix($0.label) }?.advice(.commandLine)
                    ?? "export the file as UTF-8, or specify its encoding with --encoding")
        case .convertedTwice:
            "\(records) with a name that was converted to UTF-8 twice; export the file again (\(example))"
        case .nameFormatLetters: "\(names) would be valid with --name-format letters"
        case .nameFormatCommon: "\(names) would be valid with --name-format common"
        case .nameFormatAny: "\(names) would be valid with --name-format any"
        case .cookieNumber: "\(records) with a cookie that a spreadsheet wrote as a number (\(example))"
        case .cookiePlaceholder: "\(records) with a placeholder for a cookie (\(example))"
        case .cookieQuotes: "\(records) with a cookie in quotes (\(example))"
        case .cookieGuard: "\(records) with a cookie that a spreadsheet guarded as text (\(example))"
        case .cookieDamaged: "\(records) with a cookie that lost characters in a conversion (\(example))"
        case .repeatedVisitors: "\(records) with the same cookie and banner as an earlier one"
        case .repeatedVisitorsSkipped: "\(records) left out: the same cookie and banner as an earlier one"
        default: example.isEmpty ? "\(code.rawValue): \(count)" : "\(code.rawValue): \(count) (\(example))"
        }
    }

    /// Whether it says only how the source was read, and nothing that may be wrong with it.
    public var isInformative: Bool {
        switch code {
        case .compressed, .encoding, .separatorLine, .delimiter, .headerLine, .noHeader, .emptyRows: true
        default: false
        }
    }
}

extension Notice {
    /// Which notice counts the rejected names that a format would let pass. Each format lets pass what the ones before
    /// it do.
    static let nameFormats: [(RecordRules.NameFormat, Code)] = [
        (.letters, .nameFormatLetters), (.common, .nameFormatCommon), (.any, .nameFormatAny),
    ]
}

extension Notice {
    /// The example of `notText` when the damaged records stand in a file that is UTF-8 otherwise.
    public static let isUTF8 = "the file is UTF-8"
}
