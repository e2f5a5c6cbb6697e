import CustomerRecords
import Foundation
import Testing

@Suite("Encodings by the names that people give them")
struct EncodingNameTests {
    private static let header = Array("name,age,cookie,banner_id\n".utf8)

    private func read(_ bytes: [UInt8], _ name: String) throws -> ReadOutcome {
        try ReadOutcome(Self.header + bytes, options: ReaderOptions(encoding: name))
    }

    @Test(
        "common spellings are known, and the notice says what they mean",
        arguments: [
            ("win1252", "windows-1252"), ("1252", "windows-1252"), ("windows 1252", "windows-1252"),
            ("windows1250", "windows-1250"), ("cp-1250", "windows-1250"), ("x-cp1251", "windows-1251"),
            ("latin-1", "ISO-8859-1"), ("iso_8859_15", "ISO-8859-15"), ("28592", "ISO-8859-2"),
            ("macroman", "macintosh"), ("x-mac-roman", "macintosh"), ("gb-18030", "GB18030"), ("54936", "GB18030"),
            ("euc_kr", "EUC-KR"), ("koi8_r", "KOI8-R"), ("dos-850", "CP850"),
            // Names of the C library stay as they are.
            ("cp1252", "cp1252"), ("ISO-8859-2", "ISO-8859-2"), ("latin1", "latin1"),
        ])
    func spellings(name: String, meaning: String) throws {
        #expect(TextEncodings.isKnown(name))
        let outcome = try read(Array("Jan,25,c,1\n".utf8), name)
        #expect(outcome.customers.map(\.cookie) == ["c"])
        #expect(outcome.notices[.encoding]?.example == meaning)
    }

    @Test(
        "spellings of UTF-16 and UTF-8",
        arguments: ["utf-16-le", "UTF_16LE", "utf-16le", "utf_16", "1200", "UTF-16LE"])
    func unicode(name: String) throws {
        let wide = "name,age,cookie,banner_id\nŽofie,25,c,1\n".utf16.flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]
        }
        #expect(TextEncodings.isKnown(name))
        let outcome = try ReadOutcome(wide, options: ReaderOptions(encoding: name))
        #expect(outcome.customers.map(\.name) == ["Žofie"] && outcome.notices[.encoding]?.example == "UTF-16LE")
        for name in ["65001", "cp65001", "utf_8"] {
            #expect(TextEncodings.isKnown(name))
            #expect(try read(Array("Žofie,25,c,1\n".utf8), name).notices[.encoding] == nil)
        }
    }

    @Test(
        "Shift JIS is what Windows writes, so cookies keep \\ and ~",
        arguments: ["shift_jis", "Shift-JIS", "shiftjis", "SJIS", "x-sjis", "ms_kanji", "csShiftJIS", "cp932", "932"])
    func shiftJIS(name: String) throws {
        // さ, and a ① that only Windows has.
        let outcome = try read([0x82, 0xB3] + Array(",25,a~b\\c".utf8) + [0x87, 0x40] + Array(",1\n".utf8), name)
        #expect(outcome.customers == [CustomerRow(line: 2, name: "さ", age: "25", cookie: "a~b\\c①", bannerID: "1")])
        #expect(outcome.dialect.decoding.encoding?.lowercased() == "cp932")
    }

    @Test("what is no character damages its own record, and none around it")
    func damage() throws {
        let sato = [UInt8]([0x8D, 0xB2, 0x93, 0xA1])
        let cut = Array("Ann,25,c1".utf8) + [0x93] + Array("\r\n".utf8) + sato + Array(",31,c2,6\r\n".utf8)
        let japanese = try read(cut, "shift_jis")
        #expect(japanese.customers == [CustomerRow(line: 3, name: "佐藤", age: "31", cookie: "c2", bannerID: "6")])
        let wide = ("name,age,cookie,banner_id\nBob😀,25,c1,1\nEva,30,c2,2\n").data(using: .utf16LittleEndian) ?? Data()
        let old = try ReadOutcome(Array(wide), options: ReaderOptions(encoding: "ucs-2le"))
        #expect(old.customers == [CustomerRow(line: 3, name: "Eva", age: "30", cookie: "c2", bannerID: "2")])
    }

    @Test("a run that was stored with an encoding is read to its end as it began")
    func stored() throws {
        let decoding = try JSONDecoder().decode(
            SourceDecoding.self, from: Data(#"{"isCompressed":false,"encoding":"shift_jis"}"#.utf8))
        let stretches = try DecodedStretches(decoding: decoding) {
            MemorySource(Array("a~b\\c".utf8), chunk: .max)
        }
        var stretch = try stretches.stretch(from: 0, to: 9)
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = try buffer.withUnsafeMutableBytes { try stretch.read(into: $0) }
        #expect(String(decoding: buffer[..<count], as: UTF8.self) == "a‾b¥c")
        // The options of a new run keep the name as it was given.
        var options = ReaderOptions()
        #expect(try options.set("encoding", "shift_jis") && options.encoding == "shift_jis")
    }

    @Test(
        "an encoding that reads ASCII as other characters is refused, and the character is named",
        arguments: [
            ("johab", "“\\” as “₩”"), ("cp1361", "“\\” as “₩”"), ("iso646-de", "“@” as “§”"),
            ("shift_jisx0213", "“\\” as “¥”"),
        ])
    func altering(name: String, change: String) throws {
        #expect(!TextEncodings.isKnown(name))
        let fault = try #require(TextEncodings.fault(name))
        #expect(fault.hasPrefix("“\(name)” reads ") && fault.contains(change), "\(fault)")
        let error = try #require(throws: SourceFormatError.self) { try read([], name) }
        #expect(error.message(for: "f.csv") == "f.csv: the encoding \(fault)")
    }

    @Test(
        "encodings whose bytes are all others, and those that keep ASCII, are read",
        arguments: [
            "cp037", "cp500", "cp1047", "ibm-930", "utf-16", "utf-32be", "utf-7", "euc-jp", "gbk", "gb18030", "big5",
            "big5-hkscs", "euc-kr", "cp949", "iso-2022-jp", "viscii", "tcvn", "koi8-u", "macintosh", "us-ascii",
        ])
    func admitted(name: String) {
        #expect(TextEncodings.fault(name) == nil)
    }

    @Test(
        "a name that nothing has is refused with the nearest one",
        arguments: [
            ("windows-1522", "windows-1252"), ("win-1251x", nil), ("utf9", "UTF-8"), ("uft-8", "UTF-8"),
            ("iso-8859-12", "ISO-8859-1"), ("macintsh", "macintosh"), ("shift_jsi", "Shift_JIS"),
            ("ansi", "windows-1252"), ("klingon", nil), ("", nil), ("a b", nil), ("UTF-8//IGNORE", nil),
        ] as [(String, String?)])
    func unknown(name: String, nearest: String?) throws {
        let fault = try #require(TextEncodings.fault(name))
        let hint = nearest.map { "Did you mean \($0)? " } ?? ""
        #expect(fault == "“\(name)” is not supported. \(hint)`iconv -l` lists the supported encodings.")
        var options = ReaderOptions()
        let error = #expect(throws: ReaderOptions.ParameterFault.self) { try options.set("encoding", name) }
        #expect(error?.description == "encoding: \(fault)")
    }
}
