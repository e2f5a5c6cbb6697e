import CustomerRecords
import NIOCore
import Testing

@Suite("Writing CSV")
struct WritingTests {
    private func row(_ fields: [String], guardFormulas: Bool = false) -> String {
        var bytes: [UInt8] = []
        CSVWriter.append(fields, to: &bytes, guardFormulas: guardFormulas)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "cells are quoted when they must be",
        arguments: [
            ("plain", "plain"), ("", ""), ("a b", "a b"), ("ž", "ž"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""),
            ("\"", "\"\"\"\""), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), (" a", "\" a\""), ("a ", "\"a \""),
            (" ", "\" \""), ("a;b", "\"a;b\""), ("a|b", "\"a|b\""), ("a\tb", "\"a\tb\""), ("=1", "=1"), ("a'b", "a'b"),
        ] as [(String, String)])
    func quoting(cell: String, written: String) {
        #expect(row([cell, "x"]) == "\(written),x\n")
    }

    @Test("a row with one empty cell is not a blank line")
    func emptyRow() {
        #expect(row([""]) == "\"\"\n")
        #expect(row(["", ""]) == ",\n")
    }

    @Test(
        "formulas are guarded when that is asked for",
        arguments: [
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\tx", "\"'\tx\""), ("\rx", "\"'\rx\""),
            ("=\"a\"", "\"'=\"\"a\"\"\""), ("a=1", "a=1"), (" =1", "\" =1\""), ("1", "1"), ("", ""), ("'", "'"),
        ] as [(String, String)])
    func formulas(cell: String, written: String) {
        #expect(row([cell, "x"], guardFormulas: true) == "\(written),x\n")
        #expect(!row([cell, "x"]).contains("'") || cell == "'")
    }

    @Test("a buffer gets the same bytes")
    func buffer() {
        var buffer = ByteBuffer(string: "before\n")
        CSVWriter.append(["a,b", "=c"], to: &buffer, guardFormulas: true)
        #expect(String(buffer: buffer) == "before\n\"a,b\",'=c\n")
    }

    @Test("what is written is read again as it was")
    func roundTrip() throws {
        var generator = CSVGenerator(seed: 3)
        let pieces = ["\"", ",", ";", "|", "\\", "a", "ž", "'", "=", "-", "\"\"", "👍", "\u{301}"]
        let names = ["Ann", "Ann B", "Žofie Nováková", "a\u{301}", "b  c"]
        let rows = (0..<500).map { line in
            let cookie = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                pieces.randomElement(using: &generator)!
            }
            return CustomerRow(
                line: line + 2, name: names.randomElement(using: &generator)!,
                age: ["25", "0018"].randomElement(using: &generator)!,
                cookie: cookie.joined(), bannerID: ["7", "07"].randomElement(using: &generator)!)
        }
        var bytes: [UInt8] = []
        CSVWriter.append(RecordFields.header, to: &bytes)
        for row in rows { CSVWriter.append(row.fields.texts, to: &bytes) }
        #expect(try ReadOutcome(bytes).customers == rows)
    }
}

@Suite("Single records")
struct ValidationTests {
    private func check(
        _ fields: [String], rules: RecordRules = RecordRules(), filter: AgeFilter = AgeFilter()
    ) -> Result<ValidCustomer, ReasonCode> {
        Validation.check(RecordFields(fields), rules: rules, filter: filter)
    }

    @Test("a valid one keeps its fields and knows their meaning")
    func valid() throws {
        let customer = try check(["Žofie", "042", "a\"b", "07"]).get()
        #expect(customer.fields.name == "Žofie")
        #expect(customer.age == 42)
        #expect(customer.fields.cookie == "a\"b")
        #expect(customer.bannerID == 7)
    }

    @Test(
        "the first fault is told",
        arguments: [
            (["a\0", "x", "", "x"], .malformed), (["a", "25", "c", "1\0"], .malformed),
            (["", "x", "", "x"], .name), (["a", "x", "", "x"], .age), (["a", " 25", "c", "1"], .age),
            (["a", "25", "", "x"], .cookie), (["a", "25", "c\n", "1"], .cookie), (["a", "25", " c", "1"], .cookie),
            (["a", "25", "c", "x"], .bannerID), (["a", "17", "c", "1"], .ageFilter),
            ([String(repeating: "a", count: 70_000), "25", "c", "1"], .malformed),
        ] as [([String], ReasonCode)])
    func faults(fields: [String], expected: ReasonCode) {
        #expect(check(fields) == .failure(expected))
    }

    @Test("rules and filter count as in a source")
    func rules() {
        #expect(check(["ž", "25", "c", "1"], rules: RecordRules(nameFormat: .ascii)) == .failure(.name))
        #expect(check(["z", "25", "c", "1"], rules: RecordRules(cookieFormat: .uuid)) == .failure(.cookie))
        #expect(check(["z", "31", "c", "1"], filter: AgeFilter(maximum: 30)) == .failure(.ageFilter))
    }

    @Test("agrees with the reader on every record")
    func agreement() throws {
        var generator = CSVGenerator(seed: 5)
        for _ in 0..<300 {
            guard let outcome = try? ReadOutcome(generator.records()) else { continue }
            for row in outcome.customers { #expect((try? check(row.fields.texts).get()) != nil, "\(row)") }
            for rejection in outcome.rejections where rejection.reason != .malformed {
                let row = rejection.raw.withUnsafeBytes { outcome.dialect.fields(of: $0) }
                #expect(check(try #require(row).texts) == .failure(rejection.reason))
            }
        }
    }

    @Test("every reason is explained in one line", arguments: ReasonCode.allCases)
    func explanations(reason: ReasonCode) {
        for rules in [RecordRules(), RecordRules(nameFormat: .ascii, cookieFormat: .uuid)] {
            let text = reason.explanation(rules)
            #expect(!text.isEmpty && !text.contains("\n") && text.count < 120)
        }
        #expect(ReasonCode.cookie.explanation(RecordRules(cookieFormat: .uuid)).contains("UUID"))
        #expect(ReasonCode.name.explanation(RecordRules(nameFormat: .ascii)).contains("A–Z"))
    }
}
