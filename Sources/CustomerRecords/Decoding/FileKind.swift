/// What a file is that is not CSV, told by its first bytes.
public enum FileKind: String, Hashable, Sendable {
    case excelWorkbook
    case officeDocument
    case openDocument
    case numbersDocument
    case zipArchive
    case oldExcelWorkbook
    case pdf
    case html
    case xml
    case json
    case parquet
    case avro
    case orc
    case arrow
    case sqlite
    case tarArchive
    case bzip2
    case xz
    case zstandard
    case sevenZip
    case rar
    case lz4
    case gzipTwice
    case richText
    case image
    case onlyZeros
    case binary

    /// What it is and what to do, as the end of a sentence that begins with the file's name.
    var advice: String {
        switch self {
        case .excelWorkbook, .oldExcelWorkbook:
            "is \(noun), not CSV. Export it as \"CSV UTF-8\" and try again."
        case .officeDocument, .openDocument, .numbersDocument:
            "is \(noun), not CSV. Open it in its program, export it as CSV, and try again."
        case .zipArchive: "is \(noun), not CSV. Extract it and try again with the CSV file inside."
        case .tarArchive, .sevenZip, .rar: "is \(noun), not CSV. Extract it and try again with the CSV file inside."
        case .bzip2, .xz, .zstandard, .lz4:
            "is \(noun). Decompress it first, or compress it with gzip, and try again."
        case .gzipTwice: "is \(noun). Decompress it once and try again."
        case .html:
            "is \(noun), not CSV. Perhaps a sign-in or error page was saved in place of the file: download it again."
        case .json, .xml, .parquet, .avro, .orc, .arrow, .sqlite:
            "is \(noun), not CSV. Convert it to CSV with the columns name, age, cookie and banner_id."
        case .pdf, .richText, .image:
            "is \(noun), not CSV. Export the data as CSV from the program that holds it."
        case .onlyZeros: "holds nothing but zero bytes: it was damaged, or never written. Export it again."
        case .binary: "is a binary file, not CSV. Export the data as CSV and try again."
        }
    }

    private var noun: String {
        switch self {
        case .excelWorkbook: "an Excel workbook"
        case .officeDocument: "a Word or PowerPoint document"
        case .oldExcelWorkbook: "an old Excel workbook (.xls) or another Office document"
        case .openDocument: "an OpenDocument file"
        case .numbersDocument: "a Numbers spreadsheet"
        case .zipArchive: "a ZIP archive"
        case .pdf: "a PDF document"
        case .html: "an HTML page"
        case .xml: "an XML file"
        case .json: "JSON"
        case .parquet: "a Parquet file"
        case .avro: "an Avro file"
        case .orc: "an ORC file"
        case .arrow: "an Arrow file"
        case .sqlite: "an SQLite database"
        case .tarArchive: "a tar archive"
        case .bzip2: "compressed with bzip2"
        case .xz: "compressed with xz"
        case .zstandard: "compressed with zstd"
        case .sevenZip: "a 7-Zip archive"
        case .rar: "a RAR archive"
        case .lz4: "compressed with LZ4"
        case .gzipTwice: "compressed with gzip twice"
        case .richText: "an RTF document"
        case .image: "an image"
        case .onlyZeros, .binary: "a binary file"
        }
    }
}

extension FileKind {
    private static let signatures: [(kind: FileKind, bytes: [UInt8])] = [
        (.oldExcelWorkbook, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
        (.oldExcelWorkbook, [0x09, 0x08, 0x10, 0x00]), (.oldExcelWorkbook, [0x09, 0x08, 0x08, 0x00]),
        (.oldExcelWorkbook, [0x09, 0x04, 0x06, 0x00]), (.oldExcelWorkbook, [0x09, 0x02, 0x06, 0x00]),
        (.pdf, Array("%PDF-".utf8)), (.parquet, Array("PAR1".utf8)), (.parquet, Array("PARE".utf8)),
        (.avro, Array("Obj".utf8) + [1]), (.orc, Array("ORC".utf8) + [0x0A]), (.orc, Array("ORC".utf8) + [0x08]),
        (.arrow, Array("ARROW1".utf8)), (.arrow, Array("FEA1".utf8)), (.sqlite, Array("SQLite format 3".utf8) + [0]),
        (.bzip2, Array("BZh".utf8) + [0x31]), (.bzip2, Array("BZh9".utf8)),
        (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
        (.zstandard, [0x28, 0xB5, 0x2F, 0xFD]), (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        (.rar, Array("Rar!".utf8) + [0x1A]), (.lz4, [0x04, 0x22, 0x4D, 0x18]), (.richText, Array("{\\rtf".utf8)),
        (.image, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A]), (.image, [0xFF, 0xD8, 0xFF, 0xE0]),
        (.image, [0xFF, 0xD8, 0xFF, 0xE1]), (.image, Array("GIF89a".utf8)), (.binary, [0x7F, 0x45, 0x4C, 0x46]),
    ]

    /// What the first bytes of a file, before any decoding of text, say that it is.
    init?(bytes: [UInt8]) {
        if let found = Self.signatures.first(where: { Self.starts(bytes, with: $0.bytes) }) {
            self = found.kind
        } else if Self.starts(bytes, with: Array("PK".utf8)), bytes.count >= 4,
            [3, 5, 7].contains(bytes[2]), [4, 6, 8].contains(bytes[3])
        {
            self = Self.kind(ofArchive: bytes)
        } else if bytes.count > 262, Self.holds(bytes, Array("ustar".utf8), at: 257),
            // A name in a text may hold the same letters; its fields are filled up with NUL.
            bytes[262] == 0 || bytes[262] == UInt8(ascii: " "), bytes[..<257].contains(0)
        {
            self = .tarArchive
        } else if !bytes.isEmpty, bytes.allSatisfy({ $0 == 0 }) {
            self = .onlyZeros
        } else {
            return nil
        }
    }

    private static func kind(ofArchive bytes: [UInt8]) -> FileKind {
        if contains(bytes, "word/") || contains(bytes, "ppt/") { return .officeDocument }
        if contains(bytes, "xl/") || contains(bytes, "[Content_Types].xml") { return .excelWorkbook }
        if contains(bytes, "opendocument") { return .openDocument }
        if contains(bytes, "Index/Document.iwa") || contains(bytes, "Index/Tables") { return .numbersDocument }
        return .zipArchive
    }

    /// What the beginning of a text says that it is. A text of a few controls may be CSV with damaged records.
    init?(text bytes: [UInt8]) {
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < bytes.count, bytes[index] <= .space, bytes[index] != 0 { index += 1 }
        guard index < bytes.count else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "<"):
            guard let kind = Self.markup(bytes, from: index) else { return nil }
            self = kind
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard Self.isJSON(bytes, from: index) else { return nil }
            self = .json
        default:
            guard Self.isBinary(bytes) else { return nil }
            self = .binary
        }
    }

    private static func markup(_ bytes: [UInt8], from start: Int) -> FileKind? {
        let text = String(decoding: bytes[start...].prefix(2048), as: UTF8.self).lowercased()
        let tags = [
            "<!doctype html", "<html", "<head", "<body", "<table", "<script", "<style", "<meta", "<title", "<div",
        ]
        if tags.contains(where: text.hasPrefix) { return .html }
        if text.hasPrefix("<?xml") || text.hasPrefix("<!doctype") || text.hasPrefix("<!--") {
            return text.contains("<html") ? .html : .xml
        }
        let isTag = text.dropFirst().first.map { $0.isLetter || $0 == "/" || $0 == "!" || $0 == "?" } ?? false
        return isTag && (text.contains("</") || text.contains("/>")) ? .xml : nil
    }

    /// An object or an array of them, as no header begins.
    private static func isJSON(_ bytes: [UInt8], from start: Int) -> Bool {
        var index = start + 1
        while index < bytes.count, bytes[index] <= .space { index += 1 }
        guard index < bytes.count else { return false }
        let isObject = bytes[start] == UInt8(ascii: "{")
        switch bytes[index] {
        case .quote: return isObject || contains(bytes, "\":") || contains(bytes, "\",")
        case UInt8(ascii: "}"): return isObject
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "]"): return !isObject
        default: return false
        }
    }

    /// Whether more of the beginning are controls than a damaged text would have.
    private static func isBinary(_ bytes: [UInt8]) -> Bool {
        let count = min(bytes.count, 4096)
        var controls = 0
        for index in 0..<count {
            switch bytes[index] {
            case 0x09...0x0D, 0x1A, .space...: continue
            default: controls += 1
            }
        }
        return count >= 512 ? controls * 20 >= count : controls * 3 >= count
    }

    private static func starts(_ bytes: [UInt8], with signature: [UInt8]) -> Bool {
        holds(bytes, signature, at: 0)
    }

    private static func holds(_ bytes: [UInt8], _ part: [UInt8], at place: Int) -> Bool {
        guard bytes.count >= place + part.count else { return false }
        for (index, byte) in part.enumerated() where bytes[place + index] != byte { return false }
        return true
    }

    private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        let part = Array(text.utf8)
        guard bytes.count >= part.count else { return false }
        for place in 0...(bytes.count - part.count)
        where bytes[place] == part[0] && holds(bytes, part, at: place) {
            return true
        }
        return false
    }
}
