import CustomerRecords
import DeliveryModel

/// The columns of a file, to choose from when its header doesn't say which of them are delivered.
struct SourceColumns: Hashable, Sendable {
    var columns: [SourceInspection.Column]
    /// Tells headers apart and can't be read back: it is kept, and what stands in a file must not be.
    var header: String
    /// Why the header isn't understood; empty when it is.
    var message = ""
    var version = FileVersion()
    /// Tells headers apart by their bytes, which are the same whatever encoding they are read in; empty when unknown.
    var bytes = ""
    /// Whether all that was seen of it is text in the encoding that it was read in.
    var isText = true
    /// What its encoding seems to be when it isn't.
    var guess: EncodingGuess?

    /// FNV-1a, which is the same in every process.
    static func key(of header: [String]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in header.joined(separator: "\u{1F}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return String(hash, radix: 16)
    }

    /// Whether the first line is a record instead of a header, when the columns are these.
    func beginsWithRecord(_ chosen: [KnownColumn: Int]) -> Bool {
        func isNumber(_ column: KnownColumn, _ range: ClosedRange<Int>) -> Bool {
            guard let title = chosen[column].flatMap(column(number:))?.title, let number = Double(title) else {
                return false
            }
            return number == number.rounded() && range.contains(Int(exactly: number) ?? -1)
        }
        return isNumber(.age, 0...150) && isNumber(.bannerID, 0...99)
    }

    func column(number: Int) -> SourceInspection.Column? {
        columns.indices.contains(number - 1) ? columns[number - 1] : nil
    }

    /// The choice as the reader takes it. A title finds the header wherever it stands; a number is for a title that
    /// is none, or stands there twice.
    func mapping(_ chosen: [KnownColumn: Int]) -> ColumnMapping {
        let isNumbered = beginsWithRecord(chosen)
        var mapping = ColumnMapping()
        for (column, number) in chosen {
            let title = self.column(number: number)?.title ?? ""
            let isUnique = columns.count { $0.title == title } == 1
            mapping[column] = isNumbered || title.isEmpty || !isUnique ? .number(number) : .title(title)
        }
        return mapping
    }

    /// Columns whose titles say what they hold.
    var suggestion: [KnownColumn: Int] {
        var suggestion: [KnownColumn: Int] = [:]
        for column in KnownColumn.allCases {
            let taken = Set(suggestion.values)
            let free = columns.filter { !taken.contains($0.number) }
            let exact = free.filter { KnownColumn(title: $0.title) == column }
            let likely = exact.isEmpty ? free.filter { ColumnWords.fits($0.title, column) } : exact
            if likely.count == 1 { suggestion[column] = likely[0].number }
        }
        return suggestion
    }
}

/// What the four columns are called elsewhere.
private enum ColumnWords {
    private static let words: [KnownColumn: [String]] = [
        .name: ["name", "kunde", "customer", "nom", "nombre", "nome", "jméno", "imię", "naam", "client"],
        .age: ["age", "alter", "edad", "âge", "età", "idade", "věk", "wiek", "leeftijd", "years", "jahre"],
        .cookie: ["cookie", "keks", "visitor", "besucher"],
        .bannerID: ["banner", "anzeige", "werbemittel", "bannière"],
    ]

    static func fits(_ title: String, _ column: KnownColumn) -> Bool {
        let parts = title.lowercased().split { !$0.isLetter }
        return words[column, default: []].contains { word in parts.contains { $0 == word || $0 == word + "id" } }
    }
}

/// A file that can be read once somebody has said which column is which.
struct UnmappedSource: Error {
    var source: SourceColumns
}
