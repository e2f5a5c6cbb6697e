/// What an erasure is called, on the screen and on the command line.
public enum ErasureWords {
    public static let nothing = "Nothing found to erase."
    public static let remainders = "Not touched:"

    public static func heading(isDryRun: Bool) -> String { isDryRun ? "To be erased:" : "Erased:" }

    public static func place(_ place: ErasureReport.Place) -> String {
        switch place {
        case .failures: "failures"
        case .storedRecords: "stored records"
        case .storedAnswers: "stored responses"
        case .notices: "notices"
        case .lists: "records in lists"
        case .rejectedFiles: "records in rejected.csv"
        case .uploads: "uploads"
        case .unsentFiles: "records in unsent files"
        case .log: "words in the log"
        case .journalCopies: "copies of older journals"
        }
    }
}
