import CustomerRecords
import TestSupport
import Testing

@Suite("What is not CSV is known by its first bytes")
struct FileKindTests {
    private func message(_ bytes: [UInt8]) throws -> String {
        let error = #expect(throws: SourceFormatError.self) { try ReadOutcome(bytes) }
        return try #require(error).message(for: "customers.csv")
    }

    @Test("the letters of a tar archive's mark in a name are no tar archive")
    func tar() throws {
        // A header of one file, filled up with zeros.
        let archive =
            Array("customers.csv".utf8) + [UInt8](repeating: 0, count: 244) + Array("ustar\u{0}00".utf8)
            + [UInt8](repeating: 0, count: 247)
        #expect(try message(archive).contains("tar archive"))
        // So many bytes that the letters stand at the same place.
        let text =
            "name,age,cookie,banner_id\n" + String(repeating: "a,25,c,1\n", count: 24) + "b,2,0\n\n\nGustard,30,g,5\n"
        let place = try #require(text.utf8.firstRange(of: Array("ustar".utf8))?.lowerBound)
        let missing = 257 - text.utf8.distance(from: text.utf8.startIndex, to: place)
        let bytes = Array((String(repeating: "\n", count: missing) + text).utf8)
        #expect(try ReadOutcome(bytes).customers.last?.cookie == "g")
    }

    @Test("an Excel workbook is named, and what to do")
    func workbook() throws {
        let bytes = Array("PK\u{3}\u{4}".utf8) + [20, 0, 0, 0, 8, 0] + Array("....xl/worksheets/sheet1.xml....".utf8)
        #expect(
            try message(bytes)
                == "customers.csv is an Excel workbook, not CSV. Export it as \"CSV UTF-8\" and try again.")
        #expect(try message(EncodedBytes.gzip(bytes)).contains("Excel workbook"))
    }

    @Test(
        "each kind is named",
        arguments: [
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], "old Excel"),
            (Array("%PDF-1.7\n%âãÏÓ\n".utf8), "PDF"), (Array("PAR1".utf8) + [0x15, 4, 0, 0], "Parquet"),
            (Array("SQLite format 3\0....".utf8), "SQLite"), ([0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3], "zstd"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4], "xz"), (Array("BZh91AY&SY".utf8), "bzip2"),
            (Array("\u{FEFF}\n <!DOCTYPE html>\n<html>".utf8), "HTML"), (Array("<HTML><body>".utf8), "HTML"),
            (Array("<table><tr><td>name</td></tr>".utf8), "HTML"),
            (Array("<?xml version=\"1.0\"?>\n<Workbook></Workbook>".utf8), "XML"),
            (Array("[{\"name\":\"Jan\"},\n{\"name\":\"Eva\"}]".utf8), "JSON"),
            (Array("{\"name\": \"Jan\", \"age\": 25}\n{\"name\": \"Eva\"}\n".utf8), "JSON"),
            (Array("{\n  \"records\": []\n}".utf8), "JSON"), (EncodedBytes.utf16("[{\"name\":\"Jan\"}]"), "JSON"),
            ([UInt8](repeating: 0, count: 4096), "zero bytes"), (Array("{\\rtf1\\ansi".utf8), "RTF"),
            ((0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ ($0 >> 3)) }, "binary"),
        ] as [([UInt8], String)])
    func kinds(bytes: [UInt8], word: String) throws {
        let text = try message(bytes)
        #expect(text.contains(word), "\(text)")
        #expect(text.hasPrefix("customers.csv ") && text.hasSuffix("."))
    }

    @Test(
        "CSV that begins strangely is CSV",
        arguments: [
            "[1] Report\nname,age,cookie,banner_id\na,25,c,1\n", "<Report>\nname,age,cookie,banner_id\na,25,c,1\n",
            "PK,25,c,1\n",
        ])
    func strangeCSV(source: String) throws {
        #expect(try ReadOutcome(source).customers.count == 1)
    }
}
