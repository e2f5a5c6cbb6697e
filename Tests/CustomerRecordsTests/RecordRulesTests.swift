import CustomerRecords
import Testing

@Suite("The rules of a record")
struct RecordRulesTests {
    private static let uuid = "26555324-53df-4eb1-8835-e6c0078bb2c0"

    /// What is said of a record that stands alone in a source without a header; `nil` if it is valid.
    private func reason(of record: [UInt8], _ rules: RecordRules = RecordRules()) throws -> ReasonCode? {
        let options = ReaderOptions(rules: rules, delimiter: .comma, hasNoHeader: true)
        let outcome = try ReadOutcome(record, options: options)
        #expect(outcome.customers.count + outcome.tally.rejected + outcome.tally.filtered == 1)
        return ReasonCode.allCases.first { outcome.tally[$0] == 1 }
    }

    private func reason(of record: String, _ rules: RecordRules = RecordRules()) throws -> ReasonCode? {
        try reason(of: Array(record.utf8), rules)
    }

    @Test(
        "a name has letters and spaces, at least one letter",
        arguments: [
            ("John Doe", true), ("x", true), ("Žofie Nováková", true), ("Z\u{30C}ofie Nova\u{301}kova\u{301}", true),
            ("李小龙", true), ("Дмитрий", true), ("محمد علي", true), ("सीता देवी", true), ("ǅ ʰ ª", true),
            ("a\u{301}\u{323}b", true), ("", false), ("   ", false), ("\"  \"", false), ("\u{301}a", false),
            ("a \u{301}b", false), ("J0hn", false), ("O'Neil", false), ("Anna-Maria", false), ("John.", false),
            ("👍", false), ("a👍", false), ("a\u{20E3}", false), ("a×b", false), ("a\u{A0}b", true), ("a\tb", false),
            ("a\u{200D}b", false), ("Ⅷ", false), ("٣", false), ("a_b", false), ("@[`{", false), ("a\u{7F}", false),
        ] as [(String, Bool)])
    func name(name: String, isValid: Bool) throws {
        #expect(try reason(of: "\(name),25,c,1") == (isValid ? nil : .name))
    }

    @Test(
        "with ASCII names only A–Z and a–z are letters",
        arguments: [("John Doe", true), ("Žofie", false), ("李", false)] as [(String, Bool)])
    func asciiName(name: String, isValid: Bool) throws {
        #expect(try reason(of: "\(name),25,c,1", RecordRules(nameFormat: .ascii)) == (isValid ? nil : .name))
    }

    @Test(
        "an age is a decimal integer from 0 to 150",
        arguments: [
            ("0", nil), ("17", nil), ("18", nil), ("150", nil), ("007", nil),
            ("000000000000000000000000000000150", nil),
            (" 25 ", nil), ("\"25\"", nil), ("151", .age), ("1000", .age), ("99999999999999999999999", .age),
            ("", .age),
            ("-1", .age), ("+25", .age), ("5.0", nil), ("2 5", .age), ("\" 25\"", nil), ("\"25 \"", nil),
            ("0x19", .age), ("٢٥", .age), ("２５", .age), ("25a", .age), ("a", .age), ("/", .age), (":", .age),
        ] as [(String, ReasonCode?)])
    func age(age: String, expected: ReasonCode?) throws {
        let options = ReaderOptions(filter: AgeFilter(minimum: 0), delimiter: .comma, hasNoHeader: true)
        let outcome = try ReadOutcome("John Doe,\(age),c,1", options: options)
        #expect(outcome.reasons[1] == expected)
        #expect(outcome.customers.count == (expected == nil ? 1 : 0))
    }

    @Test(
        "a cookie has 1 to 256 bytes without white space and control characters",
        arguments: [
            ("c", true), (uuid, true), ("a\"b\\c", true), ("ž李👍", true), ("=1+1", true), ("\u{200B}", false),
            (String(repeating: "c", count: 256), true), (String(repeating: "ž", count: 128), true),
            (String(repeating: "c", count: 257), false), (String(repeating: "ž", count: 129), false), ("", false),
            ("a b", false), ("\"a b\"", false), ("\" a\"", true), ("a\tb", false), ("\"a\nb\"", false),
            ("\"a\rb\"", false), ("a\u{1}b", false), ("a\u{7F}b", false), ("a\u{85}b", false), ("a\u{9F}b", false),
            ("a\u{A0}b", false), ("a\u{1680}b", false), ("a\u{2003}b", false), ("a\u{2028}b", false),
            ("a\u{202F}b", false), ("a\u{205F}b", false), ("a\u{3000}b", false),
        ] as [(String, Bool)])
    func cookie(cookie: String, isValid: Bool) throws {
        #expect(try reason(of: "John Doe,25,\(cookie),1") == (isValid ? nil : .cookie))
    }

    @Test(
        "a UUID has 36 characters",
        arguments: [
            (uuid, true), (uuid.uppercased(), true), ("\"\(uuid)\"", true), (String(uuid.dropLast()), false),
            (uuid + "0", false), (uuid.replacing("-", with: ""), false), ("g" + uuid.dropFirst(), false),
            ("{\(uuid)}", false), (uuid.replacing("4-5", with: "45-"), false), ("@" + uuid.dropFirst(), false),
            ("`" + uuid.dropFirst(), false), ("/" + uuid.dropFirst(), false), (":" + uuid.dropFirst(), false),
            ("-" + uuid.dropFirst(), false), ("not-a-uuid", false),
        ] as [(String, Bool)])
    func uuidCookie(cookie: String, isValid: Bool) throws {
        // The second record has bytes enough behind it to be read the fast way.
        let rules = RecordRules(cookieFormat: .uuid)
        #expect(try reason(of: "John Doe,25,\(cookie),1", rules) == (isValid ? nil : .cookie))
        let outcome = try ReadOutcome(
            "John Doe,25,\(cookie),1\n" + String(repeating: "\n", count: 200), options: ReaderOptions(rules: rules))
        #expect(outcome.reasons[1] == (isValid ? nil : .cookie))
    }

    @Test(
        "a banner is a decimal integer from 0 to 99",
        arguments: [
            ("0", true), ("9", true), ("10", true), ("99", true), ("05", true), ("00099", true), ("\" 7\"", true),
            (" 7 ", true), ("100", false), ("-1", false), ("", false), ("x", false), ("7.0", true), ("1e1", false),
        ] as [(String, Bool)])
    func bannerID(bannerID: String, isValid: Bool) throws {
        #expect(try reason(of: "John Doe,25,c,\(bannerID)") == (isValid ? nil : .bannerID))
    }

    @Test(
        "the first fault is the reason",
        arguments: [
            ("1,x,,x", .name), ("a,x,,x", .age), ("a,25,,x", .cookie), ("a,25,c,x", .bannerID), ("a,17,c,x", .bannerID),
            ("a,17,c,1", .ageFilter), ("1,x,", .malformed),
        ] as [(String, ReasonCode)])
    func order(record: String, expected: ReasonCode) throws {
        #expect(try reason(of: record) == expected)
        #expect(try reason(of: record + ",\0x") == .malformed)
    }

    @Test(
        "bytes that are no text make a record malformed, wherever they stand",
        arguments: [
            [0x00], [0x80], [0xFF], [0xC3], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28],
        ] as [[UInt8]])
    func noText(bytes: [UInt8]) throws {
        for (before, after) in [("a,25,c,1,x", "y"), ("a,25,c,1,\"x", "\""), ("a", ",25,c,1"), ("a,25,c", ",1")] {
            #expect(try reason(of: Array(before.utf8) + bytes + Array(after.utf8)) == .malformed, "\(before)…\(after)")
        }
    }

    @Test("the highest and lowest encodings of each length are text")
    func encodings() throws {
        for scalar in ["\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"] {
            #expect(try reason(of: "a,25,c,1,\(scalar)") == nil)
        }
    }

    @Test("the filter has two inclusive bounds")
    func filter() throws {
        let ages = [0, 17, 18, 30, 31, 150]
        let source = ages.map { "a,\($0),c\($0),1\n" }.joined()
        for (filter, expected) in [
            (AgeFilter(), [18, 30, 31, 150]), (AgeFilter(minimum: 0), ages), (AgeFilter(minimum: 0, maximum: 0), [0]),
            (AgeFilter(minimum: 18, maximum: 30), [18, 30]), (AgeFilter(minimum: 151), []),
        ] {
            // Padded, so that the fast way reads them, too.
            for padding in [0, 100] {
                let outcome = try ReadOutcome(
                    source + String(repeating: "\n", count: padding), options: ReaderOptions(filter: filter))
                #expect(outcome.customers.map(\.age) == expected.map(String.init))
                #expect(outcome.tally.filtered == ages.count - expected.count)
                #expect(outcome.rejections.isEmpty)
            }
        }
    }

    @Test("a name of two thousand letters is one")
    func longName() throws {
        #expect(try reason(of: String(repeating: "ž", count: 2000) + ",25,c,1") == nil)
    }
}
