import CustomerRecords
import Testing

@Suite("The shape of records")
struct RecordShapeTests {
    /// What a source should give: the valid records by line and cookie, the rejected ones by line and raw text.
    private func expect(
        _ source: String, valid: [Int: String], malformed: [Int: String] = [:], delimiter: Delimiter? = .comma,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        for chunk in [Int.max, 1] {
            let outcome = try ReadOutcome(
                source, options: ReaderOptions(delimiter: delimiter, hasNoHeader: true), chunk: chunk)
            let cookies = Dictionary(uniqueKeysWithValues: outcome.customers.map { ($0.line, $0.cookie) })
            let raws = outcome.rejections.filter { $0.reason == .malformed }
                .map { ($0.line, String(decoding: $0.raw, as: UTF8.self)) }
            #expect(cookies == valid, sourceLocation: location)
            #expect(Dictionary(uniqueKeysWithValues: raws) == malformed, sourceLocation: location)
            #expect(outcome.tally.rejected == malformed.count, sourceLocation: location)
        }
    }

    @Test("LF, CR LF and CR each end a line", arguments: ["\n", "\r\n", "\r"])
    func lineEnds(lineEnd: String) throws {
        let lines = ["a,25,c,1", "b,25,d,2", "", "e,25,\"f\",3", "\"g\(lineEnd)g\",25,h,4", "i,25,j,5"]
        let source = lines.joined(separator: lineEnd)
        let outcome = try ReadOutcome(source)
        #expect(outcome.customers.map(\.line) == [1, 2, 4, 7])
        #expect(outcome.rejections.map(\.line) == [5])
        #expect(outcome.batches.last?.end == SourcePosition(offset: source.utf8.count, line: 7))
        let ended = try ReadOutcome(source + lineEnd)
        #expect(ended.batches.last?.end == SourcePosition(offset: source.utf8.count + lineEnd.utf8.count, line: 8))
    }

    @Test("mixed line ends are told apart")
    func mixedLineEnds() throws {
        try expect("a,25,c,1\r\nb,25,d,1\n\r\ne,25,f,1\r\rg,25,h,1", valid: [1: "c", 2: "d", 4: "f", 6: "h"])
    }

    @Test("blank lines are skipped and counted as lines only")
    func blankLines() throws {
        try expect("\n   \na,25,c,1\n \n\nb,25,d,2\n   ", valid: [3: "c", 6: "d"])
        try expect("\"\"\na,25,c,1\n,,,\n\"\",\" \",,", valid: [2: "c"])
        try expect("\t\na,25,c,1\n \u{A0}\u{200B}", valid: [2: "c"])
        #expect(try ReadOutcome("a,25,c,1\n,,,\n\n,,\n").notices[.emptyRows]?.count == 2)
    }

    @Test("white space and invisible characters at both ends are dropped, also inside quotes")
    func spaces() throws {
        let outcome = try ReadOutcome(
            "  John Doe , 25 ,  \"c\"  , \"1\" \n \" a b \" ,25,x,1\n\u{A0}Jo\u{A0}Do\u{3000},25\u{A0},\u{FEFF}\"\u{200B}y\n\",1\u{A0}"
        )
        #expect(
            outcome.customers == [
                CustomerRow(line: 1, name: "John Doe", age: "25", cookie: "c", bannerID: "1"),
                CustomerRow(line: 2, name: "a b", age: "25", cookie: "x", bannerID: "1"),
                CustomerRow(line: 3, name: "Jo\u{A0}Do", age: "25", cookie: "y", bannerID: "1"),
            ])
    }

    @Test("quotes hold delimiters, line ends and doubled quotes")
    func quotes() throws {
        let outcome = try ReadOutcome("a,25,\"c,\"\"d\"\"\",1,\"x\ny\r\nz\"\nb,25,\"\"\"e\",2,z\n")
        #expect(outcome.customers.map(\.cookie) == ["c,\"d\"", "\"e"])
        #expect(outcome.customers.map(\.line) == [1, 4])
        #expect(
            outcome.batches.map(\.body) == [
                #"{"Data":[{"VisitorCookie":"c,\"d\"","BannerId":1},{"VisitorCookie":"\"e","BannerId":2}]}"#
            ])
    }

    @Test("a quote inside an unquoted field is a character")
    func literalQuote() throws {
        try expect("a,25,c\"d,1\nb,25,\"\"\"e\",2\na,25,f\"\",3", valid: [1: "c\"d", 2: "\"e", 3: "f\"\""])
    }

    @Test("text after a closing quote costs the first line only")
    func textAfterQuote() throws {
        try expect("a,25,\"c\"d,1\nb,25,e,2", valid: [2: "e"], malformed: [1: "a,25,\"c\"d,1"])
        try expect(
            "\"a\nb,25,c,1\n\"x,25,d,2\ne,25,f,3", valid: [2: "c", 4: "f"], malformed: [1: "\"a", 3: "\"x,25,d,2"])
        try expect("\"a\" \"b\",25,c,1", valid: [:], malformed: [1: "\"a\" \"b\",25,c,1"])
    }

    @Test("a quote that is never closed costs the first line only")
    func unclosedQuote() throws {
        try expect("\"a,25,c,1\nb,25,d,2\nc,25,e,3", valid: [2: "d", 3: "e"], malformed: [1: "\"a,25,c,1"])
        try expect("a,25,c,1\n\"", valid: [1: "c"], malformed: [2: "\""])
        try expect("a,25,c,\"1", valid: [:], malformed: [1: "a,25,c,\"1"])
        let far = "b,25,d,2\n\"a,25,c,1\n" + String(repeating: "b,25,d,2\n", count: 8000) + "\"\n"
        let outcome = try ReadOutcome(far)
        #expect(outcome.customers.count == 8001)
        #expect(outcome.rejections.map(\.line) == [2, 8003])
    }

    @Test("a source may end behind a quote that closes or doubles")
    func quoteAtEnd() throws {
        try expect("a,25,c,\"1\"", valid: [1: "c"])
        try expect("a,25,c,1,\"x\"\"", valid: [:], malformed: [1: "a,25,c,1,\"x\"\""])
        try expect("a,25,c,1,\"x\n\"", valid: [1: "c"])
        try expect("a,25,c,1,\"x\n\"\"", valid: [:], malformed: [1: "a,25,c,1,\"x"])
    }

    @Test("records need as many fields as the header, empty ones at the end left out")
    func fieldCount() throws {
        try expect(
            "a,25,b,1\na,25,c\na,25,c,1,,,\nx\na,25,d,2,\"z\"\na,25,e,7,15", valid: [1: "b", 3: "c"],
            malformed: [2: "a,25,c", 4: "x", 5: "a,25,d,2,\"z\"", 6: "a,25,e,7,15"])
        let header = "name;age;cookie;banner_id;city;note;;\n"
        let source = header + "a;25;c;1\nb;25;d;2;x;y\ne;25;f;3;;\ng;25;h;4;;;;\ni;25;j;5;;;z\nk;25;l\n"
        let outcome = try ReadOutcome(source)
        #expect(outcome.customers.map(\.cookie) == ["d", "f", "h"])
        #expect(
            outcome.messages == [
                2: "4 fields, 6 needed; --short-rows admits it",
                6: "7 fields, 6 needed; a field that contains the delimiter must be in quotes",
                7: "3 fields, 6 needed",
            ])
        #expect(outcome.notices[.shortRows]?.count == 1)
        let admitted = try ReadOutcome(source, options: ReaderOptions(allowsShortRows: true))
        #expect(admitted.customers.map(\.cookie) == ["c", "d", "f", "h"])
        #expect(admitted.reasons == [6: .malformed, 7: .malformed])
    }

    @Test("a record may have 64 KiB and no more", arguments: [65_535, 65_536, 65_537, 70_000, 600_000])
    func longRecord(length: Int) throws {
        let start = "a,25,c,1,"
        for (before, after) in [("", ""), ("\"", "\"")] {
            let filling = length - start.utf8.count - before.utf8.count - after.utf8.count
            let record = start + before + String(repeating: "x", count: filling) + after
            let outcome = try ReadOutcome(
                "\(record)\nb,25,d,2,\n", options: ReaderOptions(delimiter: .comma, hasNoHeader: true))
            #expect(outcome.customers.map(\.cookie) == (length <= 65_536 ? ["c", "d"] : ["d"]))
            #expect(outcome.customers.last?.line == 2)
            #expect(outcome.rejections.map(\.raw) == (length <= 65_536 ? [] : [Array(record.utf8.prefix(65_536))]))
            let last = try ReadOutcome(record, options: ReaderOptions(delimiter: .comma, hasNoHeader: true))
            #expect(last.customers.count == (length <= 65_536 ? 1 : 0))
        }
    }

    @Test("a quoted record of more than 64 KiB costs its first line only", arguments: [65_536, 65_537])
    func longQuotedRecord(length: Int) throws {
        let start = "a,25,c,1,\"\nb,25,d,2,\n"
        let record = start + String(repeating: "x", count: length - start.utf8.count - 1) + "\""
        let outcome = try ReadOutcome("name,age,cookie,banner_id,note\n\(record)\ne,25,f,3,\n")
        #expect(outcome.customers.map(\.cookie) == (length == 65_536 ? ["c", "f"] : ["d", "f"]))
        #expect(outcome.rejections.map(\.line) == (length == 65_536 ? [] : [2, 4]))
    }

    @Test("a source that ends about the longest record reads as the rules say", arguments: -4...4)
    func sourceOfTheLongestRecord(distance: Int) throws {
        let length = 65_536 + distance
        for (start, end) in [
            ("a,25,c,1,\"\nb,25,d,2\n", "\""), ("a,25,c,1,\"\n\",", ""), ("a,25,c,1,\"\n", ""), ("a,25,c,1,", "\n"),
        ] {
            let filling = [UInt8](repeating: UInt8(ascii: "x"), count: length - start.utf8.count - end.utf8.count)
            let bytes = Array(start.utf8) + filling + Array(end.utf8)
            let options = ReaderOptions(delimiter: .comma, hasNoHeader: true)
            #expect(try ReadOutcome(bytes, options: options) == ReadOutcome(reference: bytes, options: options))
        }
    }

    @Test("names and cookies of any length, with anything at their ends, read as the rules say")
    func lengths() throws {
        var text = ""
        for nameLength in [1, 2, 15, 16, 17, 31, 32, 33, 64] {
            for cookieLength in 1...66 {
                for last in ["c", "\\", "\"", "\u{7F}", "ž", " ", "-"] {
                    let name = String(repeating: "n", count: nameLength - 1) + (last == "ž" ? "ž" : "N")
                    text += "\(name),25,\(String(repeating: "c", count: cookieLength - 1))\(last),1\n"
                }
            }
        }
        let options = ReaderOptions(delimiter: .comma, hasNoHeader: true)
        #expect(try ReadOutcome(text, options: options) == ReadOutcome(reference: Array(text.utf8), options: options))
    }

    @Test("every delimiter reads alike", arguments: Delimiter.allCases)
    func delimiters(delimiter: Delimiter) throws {
        let source = "a,25,c,1\n\"b\",30,\"d,e\",2\nf,17,g,3\n1,25,h,4\n".replacing(",", with: delimiter.character)
        let outcome = try ReadOutcome(source, options: ReaderOptions(delimiter: delimiter, hasNoHeader: true))
        #expect(outcome.customers.map(\.cookie) == ["c", "d\(delimiter.character)e"].filter { $0 != "d\te" })
        #expect(outcome.tally.filtered == 1)
    }
}

extension Delimiter {
    var character: String { String(decoding: [byte], as: UTF8.self) }
}
