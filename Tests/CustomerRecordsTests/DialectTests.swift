import CustomerRecords
import TestSupport
import Testing

@Suite("How a source is written")
struct DialectTests {
    private func dialect(_ source: String, delimiter: Delimiter? = nil) throws -> CSVDialect {
        try ReadOutcome(source, options: ReaderOptions(delimiter: delimiter)).dialect
    }

    @Test(
        "a header is recognized in any case and order, with spaces, underscores and hyphens",
        arguments: [
            ("name,age,cookie,banner_id\n", [0, 1, 2, 3]), ("Name,Age,Cookie,BannerId\n", [0, 1, 2, 3]),
            ("NAME;AGE;COOKIE;BANNER-ID\r\n", [0, 1, 2, 3]), ("banner id\tcookie\tage\tname\r", [3, 2, 1, 0]),
            ("id|Cookie|x|Banner_ID|name|y|a_g-e|z\n", [4, 6, 1, 3]),
            (" \"na me\" , \"age\",\"cookie\", banner__id \n", [0, 1, 2, 3]),
            ("name,age,cookie,banner_id", [0, 1, 2, 3]),
            ("name,age,cookie,banner_id,id,id\n", [0, 1, 2, 3]),
            ("\"x\ny\",name,age,cookie,banner_id\n", [1, 2, 3, 4]),
            ("name,age,cookie,banner_id,\"a\"\"b\"\n", [0, 1, 2, 3]),
        ] as [(String, [Int])])
    func header(header: String, places: [Int]) throws {
        let dialect = try dialect(header)
        #expect(dialect.hasHeader)
        #expect(
            dialect.columns == .init(name: places[0], age: places[1], cookie: places[2], bannerID: places[3]))
        #expect(dialect.firstRecord.offset == header.utf8.count)
    }

    @Test("columns are taken from where the header says")
    func reorderedColumns() throws {
        let outcome = try ReadOutcome("id,cookie,Age,Banner_id,name,note\n1,c,25,7,Ann,\n2,d,30,8,Bob,x\n3,e,31,9\n")
        #expect(
            outcome.customers == [
                CustomerRow(line: 2, name: "Ann", age: "25", cookie: "c", bannerID: "7"),
                CustomerRow(line: 3, name: "Bob", age: "30", cookie: "d", bannerID: "8"),
            ])
        #expect(outcome.reasons == [4: .malformed])
    }

    @Test("four columns in another order are no standard ones")
    func fourReorderedColumns() throws {
        let source = "cookie,banner_id,name,age\n26555324-53df-4eb1-8835-e6c0078bb2c0,7,Ann,25\nc,8,Bob,30\n"
        #expect(
            try ReadOutcome(source + String(repeating: "\n", count: 100)).customers == [
                CustomerRow(
                    line: 2, name: "Ann", age: "25", cookie: "26555324-53df-4eb1-8835-e6c0078bb2c0", bannerID: "7"),
                CustomerRow(line: 3, name: "Bob", age: "30", cookie: "c", bannerID: "8"),
            ])
    }

    @Test(
        "without a header the first records decide: whole numbers stand second and fourth",
        arguments: [
            "John,25,c,1\n", "surname,25,c,1\n", "John,25,c,1", "\"John\n\",25,c,1\n", "John,25.0,c,1.0\nx\n",
            "John,250,c,100\n", "a,25,c,1\nb,26,d,2\nc,x,e,3\nd,27,f,4\n", "J,25,c,1\nx\ny\nz\n",
        ])
    func noHeader(source: String) throws {
        let dialect = try dialect(source)
        #expect(!dialect.hasHeader)
        #expect(dialect.columns == .standard)
        #expect(dialect.firstRecord == .start)
        #expect(dialect.notices[.noHeader] != nil)
    }

    @Test(
        "what is neither header nor record is refused, and shown",
        arguments: [
            "x\n", "customer,banner,visitor,years\nJan Novak,42,c1,25\n", "a,25,c,1\nb,x,d,2\n", "John,25,c\n",
            "a,b,c,d\na,25,c,1\n", "\"name,age,cookie\nJohn,25,c,1\n", "Report\nJohn,25,c,1\nJohn,25,c,1\n",
        ])
    func unknownHeader(source: String) throws {
        let error = #expect(throws: SourceFormatError.self) { try dialect(source) }
        let text = try #require(error?.message(for: "customers.csv"))
        #expect(text.hasPrefix("customers.csv, line 1: "))
        #expect(text.contains("--column") && text.contains("--no-header"))
        #expect(text.contains(String(source.prefix { $0 != "\n" && $0 != "\"" && $0 != "," })))
    }

    @Test("two columns that are mapped to one of the file are named")
    func sharedColumn() throws {
        var columns = ColumnMapping()
        columns[.cookie] = .title("name")
        let error = #expect(throws: SourceFormatError.self) {
            try ReadOutcome("name,age,cookie,banner_id", options: ReaderOptions(columns: columns))
        }
        #expect(error?.code == .sharedColumn("name", "cookie"))
    }

    @Test("a header that lacks columns or names one twice is an error that names it and lists what was found")
    func wrongHeader() throws {
        let cases: [(String, SourceFormatError.Code, Int, String)] = [
            ("name,age,cookie", .missingColumns(["banner_id"], titles: ["name", "age", "cookie"]), 1, "banner_id"),
            (
                "\n\nBanner-Id,x", .missingColumns(["name", "age", "cookie"], titles: ["Banner-Id", "x"]), 3,
                "lacks name, age, cookie (found: Banner-Id, x)"
            ),
            (
                "name,Age,A_GE,cookie,banner_id",
                .duplicateColumn("age", titles: ["name", "Age", "A_GE", "cookie", "banner_id"]), 1, "--column age=2"
            ),
            (
                "Full Name,Age,Visitor Cookie,Banner ID",
                .missingColumns(["name", "cookie"], titles: ["Full Name", "Age", "Visitor Cookie", "Banner ID"]), 1,
                "--column name=\"Full Name\" --column cookie=\"Visitor Cookie\""
            ),
        ]
        for (header, code, line, part) in cases {
            let error = #expect(throws: SourceFormatError.self) { try dialect(header) }
            #expect(error == SourceFormatError(code, line: line))
            #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains("line \(line)") == true)
            #expect(error?.description.contains("\n") == false)
        }
    }

    @Test(
        "the delimiter is the one of the header, else the one by which the first records can be read",
        arguments: [
            ("name;age;cookie;banner_id;a,b,c,d,e,f,g", .semicolon), ("John,25,c,1", .comma),
            ("John;25;c;1", .semicolon), ("John\t25\tc\t1", .tab), ("John|25|c|1", .pipe),
            ("John;25;c,d;1", .semicolon), ("Novak Jan;25;a,b,c,d,e;1\nMala Eva;30;x,y,z;2\n", .semicolon),
            ("", .comma), ("\"a,b,c,d,e\";25;c;1", .semicolon), ("\"a;b\nc;d\",25,c,1", .comma),
            ("\n  \nJohn|25|c|1", .pipe), ("sep=|\na,25,c,1|25|c|1", .pipe),
            ("SEP=;\r\nname;age;cookie;banner_id", .semicolon),
            ("\"sep=,\"\na,25,c,1", .comma), ("\u{FEFF}sep=\t\na\t25\tc\t1", .tab),
        ] as [(String, Delimiter)])
    func delimiter(source: String, expected: Delimiter) throws {
        #expect(try dialect(source).delimiter == expected)
    }

    @Test("records that two delimiters could divide ask for the right one")
    func ambiguousDelimiter() throws {
        let error = #expect(throws: SourceFormatError.self) { try dialect("n,1,c,2,;3;d;4") }
        #expect(error?.description.contains("--delimiter") == true)
        let separator = #expect(throws: SourceFormatError.self) { try dialect("sep=:\nname:age:cookie:banner_id") }
        #expect(separator?.description.contains("sep=:") == true)
    }

    @Test("a delimiter that is given is not detected")
    func givenDelimiter() throws {
        #expect(try dialect("a,b|25|c|1", delimiter: .pipe).delimiter == .pipe)
        #expect(throws: SourceFormatError.self) { try dialect("name,age,cookie,banner_id", delimiter: .pipe) }
    }

    @Test("a byte order mark is not part of the first record", arguments: [1, 2, 3, .max])
    func byteOrderMark(chunk: Int) throws {
        let header = try ReadOutcome("\u{FEFF}name,age,cookie,banner_id\na,25,c,1\n", chunk: chunk)
        #expect(header.dialect.hasHeader)
        #expect(header.customers.map(\.line) == [2])
        let data = try ReadOutcome("\u{FEFF}a,25,c,1\n", chunk: chunk)
        #expect(data.customers.map(\.name) == ["a"])
        #expect(data.dialect.firstRecord == SourcePosition(offset: 3, line: 1))
        // Another one is trimmed as any invisible character is.
        #expect(try ReadOutcome("\u{FEFF}\u{FEFF}a,25,c,1\n").customers.map(\.name) == ["a"])
    }

    @Test("UTF-16 without a byte order mark is refused, and its name said")
    func wideText() throws {
        let text = Array("name,age,cookie,banner_id\r\nŽofie,25,c,1\r\n".utf16)
        let big = text.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        let little = text.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        for (source, name) in [(big, "UTF-16BE"), (little, "UTF-16LE")] {
            let error = #expect(throws: SourceFormatError.self) { try ReadOutcome(source) }
            #expect(error == SourceFormatError(.unmarkedWideText(name), line: 1))
            #expect(error?.description.contains("--encoding \(name)") == true)
        }
        #expect(try ReadOutcome("b,25,d,2\na\0b\0,25,c,1\nb,25,d,2").reasons == [2: .malformed])
    }

    @Test(
        "UTF-16 without a byte order mark is known in any script",
        arguments: [
            "имя;возраст;cookie;banner_id\r\nИван Петров;25;c1;1\r\nАнна Иванова;30;c2;2\r\n",
            "Όνομα;Ηλικία;cookie;banner_id\r\nΓιώργος Παπαδόπουλος;25;c1;1\r\n",
            "Александра Константиновна;25;c1;1\r\nЕкатерина Владимировна;30;c2;2\r\n",
        ])
    func wideScripts(text: String) throws {
        for (isBigEndian, name) in [(true, "UTF-16BE"), (false, "UTF-16LE")] {
            let source = Array(EncodedBytes.utf16(text, isBigEndian: isBigEndian).dropFirst(2))
            let error = #expect(throws: SourceFormatError.self) { try ReadOutcome(source) }
            #expect(error == SourceFormatError(.unmarkedWideText(name), line: 1))
        }
    }

    @Test("numbers of two bytes are a binary file, and no text")
    func wideNumbers() throws {
        let bytes = (0..<2000).map { $0.isMultiple(of: 2) ? UInt8($0 / 2 % 29) : 0 }
        let error = #expect(throws: SourceFormatError.self) { try ReadOutcome(bytes) }
        #expect(error == SourceFormatError(.notCSV(.binary), line: 1))
    }

    @Test("a source without records has no batches", arguments: ["", "\u{FEFF}", "name,age,cookie,banner_id\n"])
    func noRecords(source: String) throws {
        #expect(try ReadOutcome(source).batches.isEmpty)
    }

    @Test(
        "a source without records says so",
        arguments: ["", "\n  \r\n ", ",,,\n,,,\n", "name,age,cookie,banner_id\n", "sep=;\n", "\u{FEFF}"])
    func noRecordsNotice(source: String) throws {
        let outcome = try ReadOutcome(source)
        #expect(outcome.notices[.noRecords]?.count == 1)
        #expect(outcome.customers.isEmpty && outcome.rejections.isEmpty)
    }

    @Test("a header behind more blank lines than the window holds is found")
    func lateHeader() throws {
        let outcome = try ReadOutcome(String(repeating: "\n", count: 700_000) + "name,age,cookie,banner_id\na,25,c,1\n")
        #expect(outcome.dialect.hasHeader)
        #expect(outcome.customers.map(\.line) == [700_002])
        let data = try ReadOutcome(String(repeating: " \n", count: 400_000) + "a,25,c,1\n")
        #expect(data.dialect.firstRecord == SourcePosition(offset: 800_000, line: 400_001))
        #expect(data.customers.map(\.line) == [400_001])
    }
}
