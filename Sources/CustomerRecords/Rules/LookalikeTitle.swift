/// A title that only differs from a column's name by letters of another script that look the same, such as a Cyrillic
/// `с` in `сookie`, or by full-width ones. Nobody sees the difference, so it has to be named.
struct LookalikeTitle: Hashable, Sendable {
    let column: KnownColumn
    /// The column's place, counted from 1.
    let number: Int
    let title: String
    /// The first letter that is another one, and its place among the visible characters of the title, counted from 1.
    let character: Unicode.Scalar
    let place: Int
    /// The letter for which it was taken.
    let intended: Unicode.Scalar

    /// The titles that look like these columns, in the order of the columns. Two that look alike are none.
    static func all(in titles: [String], for columns: [String]) -> [LookalikeTitle] {
        columns.compactMap { KnownColumn(rawValue: $0) }.compactMap { column in
            let found = titles.enumerated().compactMap { Self($1, number: $0 + 1, like: column) }
            return found.count == 1 ? found[0] : nil
        }
    }

    private init?(_ title: String, number: Int, like column: KnownColumn) {
        // Longer than any name of a column with all that doesn't count in it.
        guard title.unicodeScalars.count <= 100, KnownColumn(title: title) == nil else { return nil }
        var plain = String.UnicodeScalarView()
        var first: (place: Int, character: Unicode.Scalar, intended: Unicode.Scalar)?
        var place = 0
        for scalar in title.unicodeScalars {
            if !scalar.properties.isDefaultIgnorableCodePoint { place += 1 }
            let intended = Self.intended(scalar)
            if let intended, first == nil { first = (place, scalar, intended) }
            plain.append(intended ?? scalar)
        }
        guard let first, KnownColumn(title: String(plain)) == column else { return nil }
        self.column = column
        self.number = number
        self.title = title
        (self.place, character, intended) = first
    }

    private static func intended(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0)
        case 0x2010...0x2015, 0x2212: "-"
        default: letters[scalar]
        }
    }

    /// Letters beyond Latin that look like those of the columns' names, and the Turkish i.
    private static let letters: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs: [(alike: String, latin: String)] = [
            ("аеіокрсхёАВЕІКМОРСХЁ", "aeiokpcxeABEIKMOPCXE"), ("ԁոցɡӏ", "dnggl"),
            ("αβεικνορΑΒΕΙΚΜΝΟΡ", "abeiknopABEIKMNOP"), ("ıİ", "iI"),
        ]
        var letters: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (alike, latin) in pairs {
            for (alike, latin) in zip(alike.unicodeScalars, latin.unicodeScalars) { letters[alike] = latin }
        }
        return letters
    }()

    /// `column 3 (“сookie”) is not cookie: its character 1 is U+0441, not c`
    var description: String {
        "column \(number) (“\(SourceFormatError.shown(title))”) is not \(column.rawValue): its character "
            + "\(place) is \(FieldMessage.code(character)), not \(intended)"
    }
}
