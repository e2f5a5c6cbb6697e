import CustomerRecords
import Testing

@Suite("Each fault has words of its own")
struct MessageTests {
    private static let header = Array("name,age,cookie,banner_id\n".utf8)

    private func message(_ record: [UInt8], _ rules: RecordRules = RecordRules()) throws -> String {
        let outcome = try ReadOutcome(
            Self.header + record + Array("\nb,25,d,2\n".utf8), options: ReaderOptions(rules: rules))
        #expect(outcome.customers.map(\.cookie) == ["d"])
        return try #require(outcome.messages[2])
    }

    private func message(_ record: String, _ rules: RecordRules = RecordRules()) throws -> String {
        try message(Array(record.utf8), rules)
    }

    @Test(
        "of a record that can't be taken apart",
        arguments: [
            ("Jan Novak,25,ab,7,15", "5 fields, 4 needed"), ("Jan Novak,25", "2 fields, 4 needed"),
            ("x", "1 field, 4 needed"),
            ("\"Eva Mala,30,c2,2", "closing quote is missing"), ("\"Eva\" Mala,30,c2,2", "text after a closing quote"),
            ("a,25,c\0,1", "NUL in column 3"), ("a,25,\"c,\0\",1", "NUL in column 3"),
            (String(repeating: "x", count: 70_000), "longer than 64 KiB"),
        ])
    func malformed(record: String, expected: String) throws {
        #expect(try message(record).hasPrefix(expected))
    }

    @Test("the encoding is guessed from the bytes")
    func encodings() throws {
        #expect(
            try message(Array("Jos".utf8) + [0xE9] + Array(",25,c,1".utf8))
                == "byte 0xE9 in column 1 is not UTF-8; the file looks like Windows-1252, see --encoding windows-1252")
        // Jiří Dvořák, Łukasz, José in Mac Roman, and Иван.
        for (name, guess) in [
            ([0x4A, 0x69, 0xF8, 0xED, 0x20, 0x44, 0x76, 0x6F, 0xF8, 0xE1, 0x6B], "Windows-1250"),
            ([0xA3, 0x75, 0x6B, 0x61, 0x73, 0x7A], "Windows-1250"), ([0x4A, 0x6F, 0x73, 0x8E], "Mac Roman"),
            ([0xC8, 0xE2, 0xE0, 0xED], "Windows-1251"), ([0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72], "Windows-1252"),
        ] as [([UInt8], String)] {
            #expect(try message(name + Array(",25,c,1".utf8)).contains(guess), "\(guess)")
        }
        #expect(
            try message(Array("a,25,c".utf8) + [0xFF, 0xFE, 0xFD] + Array(",1".utf8)).contains("column 3 is not UTF-8"))
    }

    @Test(
        "of a cookie: the character and its place",
        arguments: [
            ("c\u{200B}1", "U+200B (zero width space) at character 2"), ("a b", "U+0020"), ("a\u{A0}b", "U+00A0"),
            ("ž\u{AD}b", "U+00AD"), ("x\u{7}", "U+0007"), ("\"\"", "empty"),
            (String(repeating: "c", count: 300), "300 bytes"),
        ])
    func cookie(cookie: String, expected: String) throws {
        #expect(try message("a,25,\(cookie),1").contains(expected))
    }

    @Test("of a name: the character, its place, and the format that would let it pass")
    func name() throws {
        #expect(
            try message("Conan O'Brien,25,c,1")
                == "“'” (U+0027) at character 8 of the name; --name-format common allows it")
        #expect(try message("R2D2,25,c,1").contains("--name-format any"))
        #expect(try message("R2D2,x,c,1").hasSuffix("of the name is not allowed"), "no format lets the age pass")
        #expect(try message("Žofie,25,c,1", RecordRules(nameFormat: .ascii)).contains("--name-format letters"))
        #expect(try message("JosÃ©,25,c,1").contains("“José”"))
        #expect(try message(",25,c,1") == "the name is empty")
        #expect(try message("a\u{7}b,25,c,1").contains("U+0007"))
    }

    @Test("of numbers: what stands there and what is needed")
    func numbers() throws {
        #expect(try message("a,25.5,c,1") == "the age is “25.5”; a whole number from 0 to 150 is needed")
        #expect(try message("a,25,c,").contains("banner id is empty"))
    }

    @Test(
        "whole numbers may have a fraction of zeros",
        arguments: [
            ("25.0", true), ("25.000", true), ("25,0", true), ("0.0", true), ("25.", false), (".0", false),
            ("25,000", false), ("25.01", false), ("2e1", false),
        ])
    func fractions(age: String, isValid: Bool) throws {
        let outcome = try ReadOutcome(
            "name;age;cookie;banner_id\na;\(age);c;1\n", options: ReaderOptions(filter: AgeFilter(minimum: 0)))
        #expect(outcome.customers.count == (isValid ? 1 : 0))
    }
}

@Suite("Suspicious cookies are sent and counted, or rejected")
struct SuspicionTests {
    @Test(
        "each kind is known",
        arguments: [
            ("1.23457E+15", "cookie_number"), ("1.2e-05", "cookie_number"), ("1E+15", "cookie_number"),
            ("\"1,23457E+15\"", "cookie_number"),
            ("12345.0", "cookie_number"), ("1234567890123450000", "cookie_number"), ("\"1,234,567\"", "cookie_number"),
            ("null", "cookie_placeholder"), ("NaN", "cookie_placeholder"), ("N/A", "cookie_placeholder"),
            ("#REF!", "cookie_placeholder"),
            ("undefined", "cookie_placeholder"), ("#N/A", "cookie_placeholder"), ("#BEZUG!", "cookie_placeholder"),
            ("-", "cookie_placeholder"),
            ("None", "cookie_placeholder"), ("#####", "cookie_placeholder"), ("<NA>", "cookie_placeholder"),
            ("(null)", "cookie_placeholder"),
            ("'c'", "cookie_quotes"), ("“c”", "cookie_quotes"), ("„c“", "cookie_quotes"), ("«c»", "cookie_quotes"),
            ("`c`", "cookie_quotes"),
            ("'=c", "cookie_guard"), ("'+c", "cookie_guard"), ("=\"c\"", "cookie_guard"),
            ("ab\u{FFFD}c", "cookie_damaged"),
        ])
    func kinds(cookie: String, code: String) throws {
        for padding in ["", String(repeating: "\n", count: 100)] {
            let source = "name,age,cookie,banner_id\na,25,\(cookie),1\nb,25,d,2\n\(padding)"
            let outcome = try ReadOutcome(source)
            #expect(outcome.customers.count == 2)
            #expect(outcome.notices[.init(rawValue: code)]?.count == 1, "\(outcome.notices)")
            #expect(outcome.notices[.init(rawValue: code)]?.example?.hasPrefix("line 2: ") == true)
            let strict = try ReadOutcome(source, options: ReaderOptions(rules: RecordRules(rejectsSuspicious: true)))
            #expect(strict.customers.map(\.cookie) == ["d"] && strict.reasons == [2: .cookie])
        }
    }

    @Test(
        "ordinary cookies are not",
        arguments: [
            "c1", "nina", "123", "1e10", "12-34", "a'b'", "1.2.3", "n", "26555324-53df-4eb1-8835-e6c0078bb2c0", "_ga.1",
            "=1+1", "100000000000000", "{abc}", "#12", "ž",
        ])
    func ordinary(cookie: String) throws {
        let outcome = try ReadOutcome(
            "name,age,cookie,banner_id\na,25,\(cookie),1\n" + String(repeating: "\n", count: 100))
        #expect(outcome.customers.count == 1)
        #expect(outcome.notices.isEmpty, "\(outcome.notices)")
    }

    @Test("a hint tells how many rejected names each format would let pass")
    func nameHint() throws {
        let outcome = try ReadOutcome(
            "name,age,cookie,banner_id\nConan O'Brien,25,a,1\nAnna-Marie,25,b,1\nR2D2,25,c,1\n\u{7}x,25,d,1\n")
        #expect(outcome.notices[.nameFormatCommon]?.count == 2)
        #expect(outcome.notices[.nameFormatAny]?.count == 3)
        #expect(outcome.notices[.nameFormatCommon]?.text.contains("--name-format common") == true)
    }

    @Test("a hint counts only records that nothing else keeps from being sent")
    func hintsOfWhatWouldBeSent() throws {
        let header = "name,age,cookie,banner_id,note\n"
        let outcome = try ReadOutcome(
            header
                + "Conan O'Brien,25,a,1,x\nAnna-Marie,old,b,1,x\n\"Jo \"\"X\"\" B.\",25,c,1,x\nMax,25,d,1\nMia,old,e,1\n"
        )
        #expect(outcome.notices[.nameFormatCommon]?.count == 1)
        #expect(outcome.notices[.nameFormatAny]?.count == 2)
        #expect(outcome.notices[.shortRows]?.count == 1)
    }

    @Test("damage in a file that is UTF-8 says nothing about its encoding")
    func damagedUTF8() throws {
        let good = "Zoé,25,a,1\nŽofie,25,b,1\n"
        for head in ["name,age,cookie,banner_id\n" + good, "\u{FEFF}name,age,cookie,banner_id\n"] {
            let source = Array(head.utf8) + [0x52, 0xE9, 0x6D, 0x79] + Array(",25,c,1\n".utf8) + Array(good.utf8)
            let outcome = try ReadOutcome(source)
            let message = try #require(outcome.messages.values.first)
            #expect(message.hasPrefix("byte 0xE9 in column 1 is not UTF-8, though the file is"), "\(message)")
            let text = try #require(outcome.notices[.notText]?.text)
            #expect(!text.contains("--encoding") && text.contains("though the file is"), "\(text)")
        }
        let western = Array("name,age,cookie,banner_id\n".utf8) + [0x52, 0xE9, 0x6D, 0x79] + Array(",25,c,1\n".utf8)
        #expect(try ReadOutcome(western).notices[.notText]?.text.contains("Windows-1252") == true)
    }

    @Test(
        "the formats of names",
        arguments: [
            ("Conan O’Brien", [.common, .any]), ("Anna-Marie St. James", [.common, .any]),
            ("Žofie", [.letters, .common, .any]),
            ("Jan Novak", [.ascii, .letters, .common, .any]), ("-.'", [.any]), ("R2D2 👍", [.any]), ("\u{200B}", []),
            ("a\u{200B}b", []),
            ("نام\u{200C}ها", [.any]), ("a\tb", []), ("a\u{3000}b", [.letters, .common, .any]),
        ] as [(String, [RecordRules.NameFormat])])
    func formats(name: String, formats: [RecordRules.NameFormat]) throws {
        for format in RecordRules.NameFormat.allCases {
            let outcome = try ReadOutcome(
                "name,age,cookie,banner_id\n\(name),25,c,1\n",
                options: ReaderOptions(rules: RecordRules(nameFormat: format)))
            #expect(outcome.customers.count == (formats.contains(format) ? 1 : 0), "\(format)")
        }
    }
}
