/// The name of an encoding as people and programs write it: `win1252`, `latin-1`, `x-sjis`, `65001`.
///
/// A name that the C library knows means what it means there. One exception holds for what a sender chooses: any
/// spelling of Shift JIS is `CP932`, which is what Windows and Excel write. The C library's own `SHIFT_JIS` reads `\`
/// as ¥ and `~` as ‾, which would change cookies. What a run has stored is never looked up here, so it keeps its meaning.
struct EncodingName {
    private let text: String
    /// Without what writers of names differ in.
    let letters: String

    init(_ text: String) {
        self.text = text
        letters = text.uppercased().filter { $0.isLetter || $0.isNumber }
    }

    var isUTF8: Bool { ["UTF8", "UTF8BOM", "UTF8SIG", "65001", "CP65001"].contains(letters) }

    /// UTF-16 under any of its names: with a byte order mark, or of the order that the text shows.
    var isUTF16: Bool { ["UTF16", "UCS2", "UNICODE"].contains(letters) }

    /// The name to give to the C library; `nil` when nothing is called so.
    var resolved: String? {
        // What follows a slash would change how the C library converts.
        guard !letters.isEmpty, !text.contains("/"), text.utf8.allSatisfy({ $0 >= .space && $0 < .delete }) else {
            return nil
        }
        if isUTF8 { return "UTF-8" }
        if isUTF16 { return "UTF-16" }
        if let name = Self.chosen[letters] { return TextConverter(name) == nil ? nil : name }
        if !text.contains(" "), TextConverter(text) != nil { return text }
        guard let name = Self.spellings[letters] ?? codePage, TextConverter(name) != nil else { return nil }
        return name
    }

    /// A code page by its number, with or without the letters that programs put before it.
    private var codePage: String? {
        let digits = letters.drop { !$0.isNumber }
        let prefix = letters.dropLast(digits.count)
        guard let number = Int(digits), Self.codePagePrefixes.contains(String(prefix)) else { return nil }
        return switch number {
        case 1250...1258: "windows-\(number)"
        case 28591...28606: "ISO-8859-\(number - 28590)"
        default: Self.codePages[number] ?? "CP\(number)"
        }
    }

    private static let codePagePrefixes: Set = [
        "", "CP", "XCP", "WIN", "WINDOWS", "XWINDOWS", "MS", "DOS", "OEM", "CODEPAGE",
    ]
    private static let codePages = [
        932: "CP932", 10000: "macintosh", 12000: "UTF-32LE", 12001: "UTF-32BE", 20127: "US-ASCII", 20866: "KOI8-R",
        21866: "KOI8-U", 50220: "ISO-2022-JP", 51932: "EUC-JP", 51936: "GB2312", 51949: "EUC-KR", 54936: "GB18030",
    ]

    /// Names that outweigh those of the C library.
    private static let chosen: [String: String] = {
        var names = [
            "UTF16LE": TextEncodings.utf16LittleEndian, "UTF16BE": TextEncodings.utf16BigEndian,
            "1200": TextEncodings.utf16LittleEndian, "CP1200": TextEncodings.utf16LittleEndian,
            "1201": TextEncodings.utf16BigEndian, "CP1201": TextEncodings.utf16BigEndian,
        ]
        for spelling in ["SHIFTJIS", "SJIS", "XSJIS", "CSSHIFTJIS", "MSKANJI", "932", "MS932", "WINDOWS932"] {
            names[spelling] = "CP932"
        }
        return names
    }()

    // MARK: Spellings

    /// What people ask for, the most common first.
    private static let common: [String] = {
        var names = ["UTF-8", "windows-1252"]
        for number in [1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258] { names.append("windows-\(number)") }
        for number in 1...16 where number != 12 { names.append("ISO-8859-\(number)") }
        names += [
            "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE", "UTF-7", "macintosh", "US-ASCII",
            "Shift_JIS", "EUC-JP", "ISO-2022-JP", "GB18030", "GBK", "GB2312", "Big5", "Big5-HKSCS", "EUC-KR", "EUC-TW",
            "KOI8-R", "KOI8-U", "CP437", "CP850", "CP852", "CP866", "CP874", "TIS-620", "MAC-CYRILLIC", "VISCII",
        ]
        return names
    }()

    private static let spellings: [String: String] = {
        var names = [
            "MACROMAN": "macintosh", "XMACROMAN": "macintosh", "MACOSROMAN": "macintosh",
            "XMACCYRILLIC": "MAC-CYRILLIC", "XEUCJP": "EUC-JP", "UJIS": "EUC-JP", "XEUCKR": "EUC-KR",
            "KSC5601": "EUC-KR", "KSC56011987": "EUC-KR", "XGBK": "GBK", "XBIG5": "Big5", "BIGFIVE": "Big5",
        ]
        for number in 1...16 where number != 12 {
            for start in ["8859", "XISO8859", "ISOIEC8859"] { names["\(start)\(number)"] = "ISO-8859-\(number)" }
        }
        for (latin, part) in zip(1...10, [1, 2, 3, 4, 9, 10, 13, 14, 15, 16]) {
            for start in ["LATIN", "ISOLATIN", "L"] { names["\(start)\(latin)"] = "ISO-8859-\(part)" }
        }
        for name in common { names[EncodingName(name).letters] = name }
        return names
    }()

    /// The common name that is most like this one; `nil` when none is.
    var nearest: String? {
        if ["ANSI", "WINDOWSANSI", "WINDOWS", "EXCEL"].contains(letters) { return "windows-1252" }
        let given = Array(letters.utf8.prefix(40))
        let maximumEdits = given.count <= 5 ? 1 : 2
        var best: (name: String, edits: Int)?
        for name in Self.common {
            let edits = Self.edits(given, Array(EncodingName(name).letters.utf8))
            if edits <= maximumEdits, edits < best?.edits ?? .max { best = (name, edits) }
        }
        return best?.name
    }

    /// How many inserted, removed, replaced or swapped bytes make the texts equal.
    private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var row = Array(0...right.count)
        for i in left.indices {
            var next = [i + 1]
            for j in right.indices {
                var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, before[j - 1] + 1)
                }
                next.append(cost)
            }
            (before, row) = (row, next)
        }
        return row[right.count]
    }
}
