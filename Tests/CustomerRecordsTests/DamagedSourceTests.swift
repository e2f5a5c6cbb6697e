import CustomerRecords
import Testing

@Suite("What is odd about a source as a whole is said")
struct DamagedSourceTests {
    private func message(_ source: String, _ options: ReaderOptions = ReaderOptions()) throws -> String {
        let error = #expect(throws: SourceFormatError.self) { try ReadOutcome(source, options: options) }
        return try #require(error).message(for: "a.csv")
    }

    @Test(
        "records that another delimiter divides than the header are refused, not rejected one by one",
        arguments: [
            "name;age;cookie;banner_id\n", "Report\n\nname;age;cookie;banner_id\n", "Kunde;Alter;Keks;Banner\n",
        ])
    func mixedDelimiters(above: String) throws {
        let line = above.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(
            try message(above + "Jan,25,c1,1\nEva,30,c2,2\n")
                == "a.csv, line \(line): the header is separated by semicolon, but this line by comma. "
                + "Use one delimiter in the whole file.")
    }

    @Test("a row that the header's delimiter divides, or that none does, leaves the header's")
    func onlyWhenSure() throws {
        let header = "name;age;cookie;banner_id\n"
        let outcome = try ReadOutcome(header + "Jan,25,c1,1\nEva;30;c2;2\n")
        #expect(outcome.customers.map(\.cookie) == ["c2"] && outcome.reasons == [2: .malformed])
        #expect(outcome.notices[.otherDelimiter] == Notice(.otherDelimiter, count: 1, example: "line 2: comma"))
        let undivided = try ReadOutcome(header + "Jan\nEva,x,c,1\n")
        #expect(undivided.reasons == [2: .malformed, 3: .malformed])
        #expect(undivided.notices[.otherDelimiter] == nil, "only what would be valid then is counted")
        // A title may hold the signs of another delimiter.
        let titled = try ReadOutcome("Sent to Ann, Bob, Eva, and Jan\n" + header + "Jan;25;c1;1\n")
        #expect(titled.customers.map(\.cookie) == ["c1"])
    }

    @Test("titles below a padded line are shown, with their line, so that they can be mapped")
    func titles() throws {
        let text = try message("Campaign;;;;\nWinter;;;;\nKunde;Alter;Keks;Anzeige;Ort\nJan;25;c1;1;Wien\n")
        #expect(text.hasPrefix("a.csv, line 1: ") && text.contains("“Campaign;;;;”"))
        #expect(text.contains("Line 3 may be the header (found: Kunde, Alter, Keks, Anzeige, Ort)."))
        let partly = try message("Campaign;;;;\nName;Alter;Cookie;Banner ID;Ort\nJan;25;c1;1;Wien\n")
        #expect(partly.hasPrefix("a.csv, line 2: the header lacks age (found: Name, Alter,"))
    }

    @Test("a header below more lines than are searched: what stands above it has to go")
    func longPreface() throws {
        let text = try message(String(repeating: "word\n", count: 25) + "name,age,cookie,banner_id\nJan,25,c1,1\n")
        #expect(text.hasPrefix("a.csv, line 1: none of the first 20 lines is a header"))
        #expect(text.contains("Delete what is above the header"))
    }

    @Test("a last line that is not whole asks whether the file is", arguments: ["Eva,30", "Eva,30,\"c2", "\"Eva"])
    func cutOff(last: String) throws {
        let outcome = try ReadOutcome("name,age,cookie,banner_id\nJan,25,c1,1\n" + last)
        #expect(outcome.customers.map(\.cookie) == ["c1"])
        #expect(outcome.notices[.cutOff]?.example == "line 3")
    }

    @Test(
        "a file that ends with a line end, or with a whole record, is not asked about",
        arguments: ["Eva,30\n", "Eva,30,c2,2", "Eva,x,c2,2", "Eva,30,c2,2,more"])
    func whole(last: String) throws {
        let outcome = try ReadOutcome("name,age,cookie,banner_id\nJan,25,c1,1\n" + last)
        #expect(outcome.notices[.cutOff] == nil)
    }
}
