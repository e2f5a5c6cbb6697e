import CustomerRecords
import DeliveryModel
import TerminalKit

/// What the beginning of a file reads like in an encoding.
struct EncodingSample: Hashable, Sendable {
    /// Lines with letters beyond ASCII first: those tell encodings apart.
    var lines: [String]
    /// Whether any line holds such a letter.
    var isTelling: Bool
}

/// The question in which encoding a file is written.
struct EncodingModel: Sendable {
    struct Choice: Hashable, Sendable {
        /// `nil` reads UTF-8, or what the first bytes say.
        var name: String?
        var label: String
        var use: String
    }

    var path: String
    /// Typed: a part of a name, or a name that the list lacks.
    var field = TextField()
    var cursor = ListCursor()
    /// Whether the columns are asked for after it.
    var thenMaps = false
    /// By the name of the encoding; the empty one is the automatic choice.
    var samples: [String: DeliveryResult<EncodingSample>] = [:]

    private static let known: [Choice] = [
        Choice(name: nil, label: "Automatic", use: "UTF-8, or UTF-16 with a BOM"),
        Choice(name: "windows-1252", label: "Windows-1252", use: "Western Europe, Excel"),
        Choice(name: "windows-1250", label: "Windows-1250", use: "Central Europe"),
        Choice(name: "windows-1251", label: "Windows-1251", use: "Cyrillic"),
        Choice(name: "macintosh", label: "Mac Roman", use: "old Macs, Excel for Mac"),
        Choice(name: "iso-8859-1", label: "ISO 8859-1", use: "Latin-1"),
        Choice(name: "iso-8859-2", label: "ISO 8859-2", use: "Latin-2"),
        Choice(name: "iso-8859-15", label: "ISO 8859-15", use: "Latin-9, with €"),
        Choice(name: "utf-16le", label: "UTF-16LE", use: "without a BOM"),
        Choice(name: "utf-16be", label: "UTF-16BE", use: "without a BOM"),
        Choice(name: "cp850", label: "CP 850", use: "DOS, Western Europe"),
        Choice(name: "cp852", label: "CP 852", use: "DOS, Central Europe"),
        Choice(name: "koi8-r", label: "KOI8-R", use: "Russian"),
        Choice(name: "windows-1253", label: "Windows-1253", use: "Greek"),
        Choice(name: "windows-1254", label: "Windows-1254", use: "Turkish"),
        Choice(name: "windows-1257", label: "Windows-1257", use: "Baltic"),
        Choice(name: "shift_jis", label: "Shift JIS", use: "Japanese"),
        Choice(name: "gb18030", label: "GB 18030", use: "Chinese"),
        Choice(name: "big5", label: "Big5", use: "Traditional Chinese"),
        Choice(name: "euc-kr", label: "EUC-KR", use: "Korean"),
    ]

    /// As people call an encoding.
    static func label(_ name: String) -> String { known.first { $0.name == name.lowercased() }?.label ?? name }

    init(path: String, chosen: String?) {
        self.path = path
        cursor.row = Self.known.firstIndex { $0.name == chosen?.lowercased() } ?? 0
    }

    /// What the typed text leaves; a name that only the C library knows is a choice, too.
    var choices: [Choice] {
        let text = Self.letters(field.text)
        guard !text.isEmpty else { return Self.known }
        let found = Self.known.filter { choice in
            [choice.label, choice.name ?? "", choice.use].contains { Self.letters($0).contains(text) }
        }
        let typed = field.text.trimmingPrefix(" ").description
        guard found.isEmpty, TextEncodings.isKnown(typed) else { return found }
        return [Choice(name: typed, label: typed, use: "known to iconv")]
    }

    var selected: Choice? { choices.indices.contains(cursor.row) ? choices[cursor.row] : nil }

    private static func letters(_ text: String) -> String {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}

/// The encodings on the left, what the file reads like on the right.
struct EncodingLayout {
    var window: Size
    var list: Rectangle
    var sample: Rectangle
    var page: Int { max(1, list.height) }

    init(_ size: Size) {
        window = Size(width: min(100, size.width - 4), height: min(22, size.height - 2))
        let area = Rectangle(x: 0, y: 0, width: size.width, height: size.height).inset(x: 2, y: 1)
            .centered(width: window.width, height: window.height)
        let content = area.content
        let left = min(42, content.width * 45 / 100)
        list = content.left(left).below(2)
        sample = content.after(left + 2)
    }
}
