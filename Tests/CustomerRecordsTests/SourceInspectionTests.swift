import CustomerRecords
import TestSupport
import Testing

@Suite("A source is inspected before it is sent")
struct SourceInspectionTests {
    @Test("a header that isn't understood shows its columns with values")
    func columns() throws {
        let source = "Kunde;Banner;Cookie-ID;Alter\nJan Novak;42;c1;25\nEva Mala;33;c2;40\n"
        let inspection = try SourceInspection(of: MemorySource(source), options: ReaderOptions())
        #expect(inspection.needsMapping && inspection.delimiter == .semicolon)
        #expect(inspection.columns.map(\.title) == ["Kunde", "Banner", "Cookie-ID", "Alter"])
        #expect(inspection.columns[3] == .init(number: 4, title: "Alter", samples: ["25", "40"]))
        var options = ReaderOptions()
        for mapping in ["name=1", "age=4", "cookie=3", "banner_id=2"] { try options.columns.add(argument: mapping) }
        let mapped = try SourceInspection(of: MemorySource(source), options: options)
        #expect(!mapped.needsMapping)
        let preview = try RecordPreview(of: MemorySource(source), limit: 5, options: options)
        #expect(preview.rows.map(\.customer.cookie) == ["c1", "c2"] && preview.rows.allSatisfy { $0.reason == nil })
    }

    @Test("a title that is padded with empty cells is not a header", arguments: ["Winter campaign;;;\n\n", ""])
    func title(above: String) throws {
        let source = above + "Kunde;Banner;Cookie-ID;Alter\nJan Novak;42;c1;25\nEva Mala;33;c2;40\n"
        let inspection = try SourceInspection(of: MemorySource(source), options: ReaderOptions())
        #expect(inspection.needsMapping)
        #expect(inspection.columns.map(\.title) == ["Kunde", "Banner", "Cookie-ID", "Alter"])
        #expect(inspection.columns[2].samples == ["c1", "c2"])
    }

    @Test("what is not text has no columns, and what is understood needs no mapping")
    func others() throws {
        let pdf = try SourceInspection(of: MemorySource("%PDF-1.7 ..."), options: ReaderOptions())
        #expect(!pdf.needsMapping && pdf.columns.isEmpty)
        let plain = try SourceInspection(
            of: MemorySource("name,age,cookie,banner_id\na,25,c,1\n"), options: ReaderOptions())
        #expect(!plain.needsMapping && plain.columns.count == 4)
    }

    @Test("parameters set options by their names")
    func parameters() throws {
        var options = ReaderOptions()
        for (name, value) in [
            ("column", "name=Full name"), ("encoding", "windows-1250"), ("no_header", "false"), ("short_rows", "1"),
            ("name_format", "common"), ("max_rejected", "5%"), ("delimiter", "tab"), ("reject_suspicious", "true"),
            ("cookie_format", "uuid"), ("repeats", "skip"),
        ] {
            #expect(try options.set(name, value))
            #expect(ReaderOptions.parameters.contains(name))
        }
        #expect(options.columns[.name] == .title("Full name") && options.encoding == "windows-1250")
        #expect(options.allowsShortRows && !options.hasNoHeader && options.delimiter == .tab)
        #expect(options.rules.nameFormat == .common && options.rules.rejectsSuspicious)
        #expect(options.maximumRejected == .percent(5) && options.repeats == .skip)
        #expect(try !options.set("color", "red"))
        for (name, value) in [
            ("column", "x"), ("encoding", "klingon"), ("no_header", "perhaps"), ("name_format", "x"),
            ("max_rejected", "x"), ("repeats", "drop"),
        ] {
            #expect(throws: ReaderOptions.ParameterFault.self) { _ = try options.set(name, value) }
        }
    }

    @Test("the length of a gzip stream is that of its content, and a bomb is known")
    func gzipLength() throws {
        let content = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
        let compressed = EncodedBytes.gzip(content)
        #expect(try GzipLength.of(MemorySource(compressed), limit: .max) == 200_000)
        #expect(try GzipLength.of(MemorySource(compressed), limit: 199_999) == nil)
        #expect(throws: SourceFormatError.self) {
            try GzipLength.of(MemorySource(Array(compressed.dropLast(9))), limit: .max)
        }
    }
}
