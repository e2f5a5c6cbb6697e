import CustomerRecords
import Testing

/// Whoever sends a file over HTTP has no command line: what is said to them names the fields of the form.
@Suite("What to do is said in the words of the sender's side")
struct WordingTests {
    /// A source, how it is read, and what is said of it on either side.
    private static let faults: [(source: [UInt8], commandLine: String, form: String)] = [
        (
            Array("Vorname,Alter,Keks,Werbung\nJan,25,c1,1\n".utf8),
            "--column name=Vorname --column age=… --column cookie=… --column banner_id=…; or, if the file has no header "
                + "and its columns are in this order, use --no-header.",
            "column=name=Vorname column=age=… column=cookie=… column=banner_id=…; or, if the file has no header and its "
                + "columns are in this order, use no_header=true."
        ),
        (
            Array("name,name,age,cookie,banner_id\n".utf8), "for example --column name=1.",
            "for example column=name=1."
        ),
        (
            Array("a,1,b,2,x;3;y;4\nd,1,e,2,z;3;w;4\n".utf8), "for example --delimiter comma.",
            "for example delimiter=comma."
        ),
        (
            "name,age,cookie,banner_id\n".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] },
            "Try again with --encoding UTF-16LE", "Try again with encoding=UTF-16LE"
        ),
    ]

    @Test("when a source can't be read", arguments: faults.indices)
    func sources(index: Int) throws {
        let (source, commandLine, form) = Self.faults[index]
        let error = try #require(throws: SourceFormatError.self) { _ = try ReadOutcome(source) }
        #expect(error.message(for: "f.csv").contains(commandLine), "\(error.message(for: "f.csv"))")
        let said = error.message(for: "f.csv", wording: .form)
        #expect(said.contains(form) && !said.contains("--"), "\(said)")
    }

    @Test("when too many records are rejected")
    func gate() {
        let error = SourceFormatError(.tooManyRejected(rejected: 5, read: 9, limit: "1", reason: "name"), line: 1)
        #expect(error.message(for: "f.csv").hasSuffix("or raise --max-rejected."))
        #expect(error.message(for: "f.csv", wording: .form).hasSuffix("or raise max_rejected."))
    }

    @Test(
        "columns are suggested that can mean nothing else",
        arguments: [
            (["id", "name", "age", "cookie", "banner"], ["banner_id"], "--column banner_id=banner"),
            (["name", "Language", "Usage", "age_years", "cookie", "banner_id"], ["age"], "--column age=age_years"),
            (
                ["First Name", "Last Name", "age", "cookie_consent", "visitor", "banner_id"], ["name", "cookie"],
                "--column name=… --column cookie=…"
            ),
            (
                ["full_name!", "age", "cookie", "banner_name", "Banner No"], ["name", "banner_id"],
                "--column name=1 --column banner_id=\"Banner No\""
            ),
            (
                ["firstName", "customerAge", "cookieId", "bannerNo"], ["name", "age"],
                "--column name=firstName --column age=customerAge"
            ),
            (["banner_name", "age", "visitor", "bannerid"], ["name", "cookie"], "--column name=… --column cookie=…"),
        ])
    func suggestions(_ titles: [String], _ missing: [String], _ expected: String) {
        let error = SourceFormatError(.missingColumns(missing, titles: titles), line: 1)
        #expect(error.message(for: "f.csv").contains(expected), "\(error.message(for: "f.csv"))")
    }

    @Test("when a record is rejected")
    func records() throws {
        func said(_ fault: RecordFault, _ record: [UInt8], _ wording: OptionWording) -> String {
            record.withUnsafeBytes {
                CSVDialect(width: 6).message(for: fault, in: $0, wording: wording)
            }
        }
        let short = Array("Jan,25,c1,1".utf8)
        #expect(said(.tooFewFields(4, needed: 6), short, .form).hasSuffix("short_rows=true admits it"))
        #expect(said(.tooFewFields(4, needed: 6), short, .commandLine).hasSuffix("--short-rows admits it"))
        #expect(said(.tooFewFields(4, needed: 6), Array("Jan,,c1,1".utf8), .commandLine) == "4 fields, 6 needed")
        let name = Array("O'Neill,25,c1,1".utf8)
        #expect(said(.name, name, .form).hasSuffix("name_format=common allows it"))
        #expect(said(.name, name, .commandLine).hasSuffix("--name-format common allows it"))
        let latin = Array("Jos".utf8) + [0xE9] + Array(",25,c1,1".utf8)
        #expect(said(.notText(.windows1252), latin, .form).hasSuffix("see encoding=windows-1252"))
        #expect(said(.notText(nil), latin, .form).hasSuffix("or specify its encoding with encoding"))
    }
}
