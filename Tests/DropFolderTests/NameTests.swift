import Testing

@testable import DropFolder

@Suite("Names of the drop folder")
struct NameTests {
    @Test(
        "patterns match as a shell's do, case ignored",
        arguments: [
            ("*.csv", "a.csv", true), ("*.csv", "A.CSV", true), ("*.csv", "a.csv.gz", false), ("*.csv", ".csv", true),
            ("*.csv.gz", "a.csv.gz", true), ("a*b*c", "aXbYc", true), ("a*b*c", "aXbY", false),
            ("?.csv", "ab.csv", false),
            ("[a-c]1.csv", "b1.csv", true), ("[!a-c]1.csv", "b1.csv", false), ("[!a-c]1.csv", "d1.csv", true),
            ("[x.csv", "[x.csv", true), ("\\*.csv", "*.csv", true), ("\\*.csv", "a.csv", false), ("*", "", true),
            ("**.csv", "aaa.csv", true), ("-x.csv", "-x.csv", true), ("*.csv", "a\nb.csv", true),
            ("[]a].csv", "].csv", true),
        ])
    func patterns(_ pattern: String, _ name: String, _ matches: Bool) {
        #expect(GlobPattern(pattern).matches(EntryName(name)) == matches)
    }

    @Test("a pattern that could be matched in many ways takes no time", .timeLimit(.minutes(30)))
    func manyStars() {
        let pattern = GlobPattern(String(repeating: "a*", count: 50) + "b")
        #expect(!pattern.matches(EntryName(String(repeating: "a", count: 250))))
    }

    @Test(
        "hidden and temporary names are told",
        arguments: [".a.csv", "a.csv.part", "a.csv.TMP", "a.csv.filepart", "a.crdownload", "a.csv~"])
    func temporary(_ name: String) { #expect(EntryName(name).isTemporary) }

    @Test("others are not temporary", arguments: ["a.csv", "part.csv", "a.tmp.csv", "-.csv"])
    func complete(_ name: String) { #expect(!EntryName(name).isTemporary) }

    @Test(
        "a move never replaces: the number stands before the ending",
        arguments: [
            ("customers.csv", 1, "customers.csv"), ("customers.csv", 2, "customers.2.csv"),
            ("a.csv.gz", 2, "a.2.csv.gz"), ("a.b.csv", 3, "a.b.3.csv"), ("plain", 2, "plain.2"), (".csv", 2, ".csv.2"),
        ])
    func numbers(_ name: String, _ number: Int, _ expected: String) {
        #expect(TargetName.numbered(EntryName(name), number) == EntryName(expected))
    }

    @Test(
        "names that are as long as can be stay within 255 bytes, whole characters, their ending and number",
        arguments: ["x", "é", "漢", "😀"])
    func long(_ character: String) {
        let stem = String(repeating: character, count: 251 / character.utf8.count)
        let name = EntryName(stem + ".csv")
        for number in [1, 2, 1234] {
            let target = TargetName.numbered(name, number)
            let summary = TargetName.summary(of: target)
            #expect(target.bytes.count <= 255)
            #expect(summary.bytes.count <= 255)
            #expect(target.text?.hasSuffix(number == 1 ? ".csv" : ".\(number).csv") == true)
            #expect(summary.text?.hasSuffix((number == 1 ? "" : ".\(number)") + ".csv.summary.json") == true)
        }
    }

    @Test("bytes that are no UTF-8 are written as numbers, and characters that would break a line are escaped")
    func readable() {
        let name = EntryName(Array("caf".utf8) + [0xe9] + Array("é\n.csv".utf8) + [0xf0, 0x9f])
        #expect(name.text == nil)
        #expect(name.readable == EntryName("caf%E9é\n.csv%F0%9F"))
        #expect(EntryName("a\nb\u{1b}.csv").description == "a\\nb\\u{1B}.csv")
        #expect(EntryName("é.csv").readable == EntryName("é.csv"))
    }
}
