import CustomerRecords
import Testing

@Suite("Headers are searched, mapped, and met again")
struct HeaderTests {
    private func options(_ mapping: String..., noHeader: Bool = false) throws -> ReaderOptions {
        var columns = ColumnMapping()
        for argument in mapping { try columns.add(argument: argument) }
        return ReaderOptions(columns: columns, hasNoHeader: noHeader)
    }

    private func error(_ source: String, _ options: ReaderOptions = ReaderOptions()) throws -> String {
        let error = #expect(throws: SourceFormatError.self) { try ReadOutcome(source, options: options) }
        return try #require(error).message(for: "f.csv")
    }

    @Test(
        "white space, invisible characters, quotes, case, _ and - don't count in a header",
        arguments: [
            "name,age,cookie\u{A0},banner_id", "\u{FEFF}\u{FEFF}Name,AGE,“cookie”,Banner‑ID".replacing("‑", with: "-"),
            "\u{200B}name,'age',coo\u{AD}kie,\"banner\u{3000}id\"", "na me,a-ge,cookie,banner__id",
        ])
    func spelling(header: String) throws {
        #expect(try ReadOutcome(header + "\na,25,c,1\n").customers.map(\.cookie) == ["c"])
    }

    @Test("a record that holds two of the titles is no header, wherever they stand")
    func wordsOfHeader() throws {
        let outcome = try ReadOutcome(
            "name,age,cookie,banner_id,consent,missing\nAnn,,c1,5,cookie,age\nBob,30,c2,5,x,\n")
        #expect(outcome.customers.map(\.cookie) == ["c2"] && outcome.rejections.count == 1)
        #expect(outcome.fault == nil)
    }

    @Test("which of two equal titles is read has to be said, with the number of one of them")
    func mappedTwice() throws {
        let titles = "Alter,Kunde,Kunde,Cookie,banner_id\n30,Ann,Eva,c1,5\n"
        #expect(try error(titles, options("name=Kunde", "age=Alter")).contains("--column name=2"))
    }

    @Test("a header below a title is found, and what stands above it is counted")
    func title() throws {
        let title = "Report: Customers 2026\nGenerated,2026-11-25\n\n"
        let outcome = try ReadOutcome(title + "name,banner_id,cookie,age\nJan Novak,42,c1,25\n")
        #expect(outcome.customers == [CustomerRow(line: 5, name: "Jan Novak", age: "25", cookie: "c1", bannerID: "42")])
        #expect(
            outcome.notices[.skippedLines] == Notice(.skippedLines, count: 3, example: "line 1: Report: Customers 2026")
        )
        // The twentieth record is the last one that is looked at.
        let titles = String(repeating: "x\n", count: 19)
        #expect(try ReadOutcome(titles + "name,age,cookie,banner_id\na,25,c,1\n").customers.count == 1)
        #expect(throws: SourceFormatError.self) {
            try ReadOutcome("x\n" + titles + "name,age,cookie,banner_id\na,25,c,1\n")
        }
        // The delimiter is the header's, whatever the title has.
        let other = try ReadOutcome("a,b,c,d,e\nname;age;cookie;banner_id\na;25;c;1\n")
        #expect(other.dialect.delimiter == .semicolon && other.customers.count == 1)
    }

    @Test(
        "a record above the header is an error",
        arguments: ["Jan Novak,25,c1,1\n", "x\nO'Brien,25.0,c1,1\n", "1,25,c,7\n"])
    func recordAbove(above: String) throws {
        let text = try error(above + "name,age,cookie,banner_id\nIvo Kos,31,c3,3\n")
        #expect(text.contains("above the header"))
        let reordered = try error("c1,Jan,25,1\ncookie,name,age,banner_id\nc2,Eva,26,2\n")
        #expect(reordered.contains("line 1") && reordered.contains("line 2"))
    }

    @Test("a record of another delimiter above the header is an error, too")
    func otherRecordAbove() throws {
        let text = try error("Jan;25;c1;1\nEva;33;c2;2\nname,age,cookie,banner_id\nIvo Kos,31,c3,3\n")
        #expect(text.contains("line 1: a record is above the header"))
    }

    @Test("columns that are all mapped don't hide a header in another order that names them itself")
    func headerBelowMappedTitles() throws {
        let mapped = try options("name=who", "age=years", "cookie=vis", "banner_id=ban")
        let numbers = try options("name=1", "age=2", "cookie=3", "banner_id=4")
        let start = "who,years,vis,ban\nJan Novak,25,c1,1\n"
        for options in [mapped, numbers] {
            let other = try ReadOutcome(start + "name,banner_id,cookie,age\nEva Mala,22,c2,45\n", options: options)
            #expect(other.customers.map(\.cookie) == ["c1"] && other.fault?.line == 3)
            let same = try ReadOutcome(start + "name,age,cookie,banner_id\nEva Mala,22,c2,45\n", options: options)
            #expect(same.customers.map(\.cookie) == ["c1", "c2"])
            #expect(same.notices[.repeatedHeader]?.count == 1 && same.fault == nil)
        }
    }

    @Test("columns by number: a first record with a fault is rejected, and a title is said")
    func faultyFirstRecord() throws {
        let numbers = try options("name=2", "age=3", "cookie=4", "banner_id=1")
        let faulty = try ReadOutcome("1,Jan,25 years,c1\n2,Eva,30,c2\n", options: numbers)
        #expect(faulty.customers.map(\.cookie) == ["c2"] && faulty.reasons == [1: .age])
        #expect(faulty.notices[.noHeader]?.example == "banner_id, name, age, cookie")
        let titled = try ReadOutcome("Werbung,Name,Alter,Gast\n2,Eva,30,c2\n", options: numbers)
        #expect(titled.customers.map(\.cookie) == ["c2"] && titled.reasons.isEmpty)
        #expect(titled.notices[.headerLine]?.example == "line 1: Werbung Name Alter Gast")
    }

    @Test("without a header, a first record with one field too many is refused, and not those below it")
    func wideFirstRecord() throws {
        for below in ["Eva,30,c2,2\n", "Eva,30,c2,2\nIvo,31,c3,3\nPetr,32,c4,4\n"] {
            for options in [ReaderOptions(), try options(noHeader: true)] {
                let outcome = try ReadOutcome("Jan,25,ab,7,15\n" + below, options: options)
                #expect(outcome.reasons == [1: .malformed])
                #expect(outcome.customers.count == below.split(separator: "\n").count)
            }
        }
        // Where the others have a place for it, it is a column.
        let noted = try ReadOutcome("Jan,25,a,7,VIP\nEva,30,b,2,\nIvo,31,c,3,\n")
        #expect(noted.customers.map(\.cookie) == ["a", "b", "c"])
    }

    @Test("the same header again is skipped and counted, also with other columns behind")
    func repeated() throws {
        let header = "name,age,cookie,banner_id\n"
        let outcome = try ReadOutcome(
            header + "a,25,c,1\n" + header
                + "b,26,d,2\n\u{FEFF}\"Name\",AGE,Cookie,Banner-ID\nname,age,cookie,banner_id,x\ne,27,f,3\n")
        #expect(outcome.customers.map(\.cookie) == ["c", "d", "f"])
        #expect(outcome.rejections.isEmpty)
        #expect(outcome.notices[.repeatedHeader] == Notice(.repeatedHeader, count: 3, example: "line 3"))
        let late = try ReadOutcome(String(repeating: "a,25,c,1\n", count: 40) + header + "b,26,d,2\n")
        #expect(late.customers.count == 41 && late.notices[.repeatedHeader]?.count == 1)
    }

    @Test(
        "a header in another order ends the reading in front of it",
        arguments: [
            "name,banner_id,cookie,age", "id,name,age,cookie,banner_id", "customer,banner_id,visitor,age",
            "banner id,AGE", "\"name\",\"cookie\",\"age\",\"banner_id\"",
        ])
    func anotherOrder(header: String) throws {
        let many = String(repeating: "a,25,c,1\n", count: 25)
        for (start, line) in [("name,age,cookie,banner_id\na,25,c,1\n", 3), (many, 26)] {
            let outcome = try ReadOutcome(start + header + "\nEva Mala,30,c2,45\n")
            #expect(outcome.fault?.kind == "headerInAnotherOrder" && outcome.fault?.line == line)
            #expect(!outcome.customers.map(\.cookie).contains("c2"))
            #expect(outcome.batches.last?.end.line == line)
        }
    }

    @Test("a title with letters that only look right is told by its character, its place and what to do")
    func lookalikes() throws {
        #expect(
            try error("name,age,\u{441}ookie,banner_id\na,25,c,1\n")
                == "f.csv, line 1: column 3 (“\u{441}ookie”) is not cookie: its character 1 is U+0441, not c. Use --column "
                + "cookie=3, or retype the header.")
        let several = try error("n\u{430}me,\u{430}g\u{435},\u{441}\u{43E}\u{43E}ki\u{435},b\u{430}nner_id\na,25,c,1\n")
        #expect(several.contains("column 1 (“n\u{430}me”) is not name: its character 2 is U+0430, not a; column 2"))
        #expect(several.contains("Use --column name=1 --column age=2 --column cookie=3 --column banner_id=4, or"))
        let wide = try error("\u{200B}\u{FF4E}\u{FF41}\u{FF4D}\u{FF45},years,cookie,banner\u{FF3F}id\na,25,c,1\n")
        #expect(wide.contains("its character 1 is U+FF4E, not n") && wide.contains("is U+FF3F, not _"))
        #expect(wide.contains("also lacks age (found: ") && wide.contains("name=1 --column banner_id=4 --column age=…"))
        // The advice works.
        let mapped = try ReadOutcome(
            "name,age,\u{441}ookie,banner_id\na,25,c,1\n", options: options("cookie=3"))
        #expect(mapped.customers.map(\.cookie) == ["c"])
        // Another word is another word, and two that look alike are left to the sender.
        #expect(try error("name,age,\u{43A}\u{443}\u{43A}\u{438},banner_id\n").contains("the header lacks cookie"))
        #expect(try error("name,age,\u{441}ookie,co\u{43E}kie,banner_id\n").contains("the header lacks cookie"))
    }

    @Test("columns are mapped by title")
    func titles() throws {
        let source = "customer,banner,visitor,years\nJan Novak,42,c1,25\ncustomer,banner,visitor,years\nEva,33,c2,40\n"
        let options = try options("name=customer", "age=YEARS", "cookie=visitor", "Banner-ID=banner")
        let outcome = try ReadOutcome(source, options: options)
        #expect(outcome.customers.map(\.bannerID) == ["42", "33"] && outcome.customers.map(\.age) == ["25", "40"])
        #expect(outcome.notices[.repeatedHeader]?.count == 1)
        // A title outweighs the column that goes by the name.
        let both = try ReadOutcome(
            "name,Full name,age,cookie,banner_id\nx1,Jan,25,c,1\n", options: self.options("name=Full name"))
        #expect(both.customers.map(\.name) == ["Jan"])
        #expect(try error(source, self.options("name=klient")).contains("“klient”"))
        #expect(
            try error("a,b\n1,2\n", self.options("name=a", "age=b", "cookie=3", "banner_id=4")).contains("2 columns"))
        let moved = try ReadOutcome(
            "customer,age,cookie,banner_id\na,25,c,1\nage,customer,banner_id,cookie\nb,26,d,2\n",
            options: self.options("name=customer"))
        #expect(moved.fault?.line == 3 && moved.customers.count == 1)
    }

    @Test("columns are mapped by number, with a header and without")
    func numbers() throws {
        let rows = "42,c1,Jan Novak,25\n33,c2,Eva Mala,40\n"
        let mapping = ["name=3", "age=4", "cookie=2", "banner_id=1"]
        for noHeader in [true, false] {
            let options = try options(mapping[0], mapping[1], mapping[2], mapping[3], noHeader: noHeader)
            #expect(try ReadOutcome(rows, options: options).customers.map(\.cookie) == ["c1", "c2"])
            #expect(try ReadOutcome(rows, options: options).customers.map(\.bannerID) == ["42", "33"])
        }
        let options = try options(mapping[0], mapping[1], mapping[2], mapping[3])
        #expect(try ReadOutcome("b,v,c,y\n" + rows, options: options).customers.map(\.line) == [2, 3])
        let mixed = try ReadOutcome("name,age,visitor,banner_id\na,25,c,1\n", options: self.options("cookie=3"))
        #expect(mixed.customers.map(\.cookie) == ["c"])
        #expect(throws: SourceFormatError.self) {
            try ReadOutcome("a,25,c,1\n", options: self.options("cookie=9", noHeader: true))
        }
    }

    @Test(
        "columns by number are those of the first record below a title, however that is padded",
        arguments: [
            "Winter campaign\n\n", "Winter campaign,,,,\n\n", "Winter campaign,,,,\n,,,,\nPage 1,,,,\n", "",
        ])
    func numbersBelowTitle(above: String) throws {
        let rows = "42,c1,Jan Novak,25,x\n33,c2,Eva Mala,40,y\n"
        let options = try options("name=3", "age=4", "cookie=2", "banner_id=1")
        for header in ["Banner,Kennung,Kunde,Alter,Ort\n", "Banner,,Kunde,Alter,Ort\n"] {
            let outcome = try ReadOutcome(above + header + rows, options: options)
            #expect(outcome.customers.map(\.cookie) == ["c1", "c2"], "\(above + header)")
            #expect(outcome.customers.map(\.bannerID) == ["42", "33"])
        }
        // Without a header nothing is skipped, whatever the first record lacks.
        let outcome = try ReadOutcome(",c0,,,\n" + rows, options: options)
        #expect(outcome.customers.map(\.cookie) == ["c1", "c2"] && outcome.customers.map(\.line) == [2, 3])
    }

    @Test("errors show what was found, without line ends and controls")
    func found() throws {
        let text = try error("customer,\"ban\u{7}ner\",visitor,years\nJan Novak,42,c1,25\n")
        #expect(text.contains("customer") && text.contains("--column") && text.contains("--no-header"))
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(try error("\"Jan\nunclosed,25,c,1\n").contains("“\"Jan”"))
    }
}
