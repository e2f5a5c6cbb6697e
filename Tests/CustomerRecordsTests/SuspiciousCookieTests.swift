import TestSupport
import Testing

@testable import CustomerRecords

@Suite("Suspicious cookies", .computing)
struct SuspiciousCookieTests {
    private static let accidents = [
        "null", "NaN", "nat", "nil", "None", "NA", "n/a", "n.a.", "N/D", "undefined", "unknown", "unset", "(null)",
        "<null>", "[null]", "{null}", "<na>", "(none)", "(blank)", "\\N", "-nan", "-1.#IND", "1.#QNAN", "-nan(ind)",
        "nan(ind)", "#REF!", "#N/A", "#####", "--", "...", "-", "1.23457E+15", "1e+5", "-1,5E-3", "12345.0", "5,00",
        "1,234,567", "1234567890123450", "-1000000000000000", "'c'", "`c'", "'=c", "=\"c\"",
    ]

    private static func isOrdinary(_ cookie: String) -> Bool {
        let bytes = Array(cookie.utf8) + [UInt8](repeating: 0, count: 32)
        return SuspiciousCookie.isOrdinary(bytes.span.bytes, 0..<cookie.utf8.count)
    }

    @Test("the fast look lets none pass that the slow one finds", arguments: accidents)
    func known(_ cookie: String) {
        #expect(SuspiciousCookie.find(Array(cookie.unicodeScalars)) != nil)
        #expect(!Self.isOrdinary(cookie))
    }

    @Test("cookies as programs make them need no slow look")
    func usual() {
        let cookies = [
            "user-12345", "u123", "n-7", "nina_2", "uid.55", "10.0.0.1", "2024-01-15", "123-456", "ab-cd", "-7", "7",
            "123456789012345678", "ulrich", "1a2b3c", "GA1.2.3", "e5", "1234567890123400567", "_id",
        ]
        for cookie in cookies { #expect(Self.isOrdinary(cookie), "\(cookie)") }
    }

    @Test("whatever is mixed of what accidents are made of, the fast look lets none pass")
    func mixed() {
        var random = CSVGenerator(seed: 1)
        let pieces =
            Self.accidents + [
                "0", "1", "9", "00", "e", "E", "+", "-", ".", ",", "#", "n", "u", "a", "/", "(", ")", "_",
            ]
        for _ in 0..<300_000 {
            var cookie = ""
            for _ in 0..<Int.random(in: 1...5, using: &random) { cookie += pieces.randomElement(using: &random) ?? "" }
            guard Self.isOrdinary(cookie) else { continue }
            let found = SuspiciousCookie.find(Array(cookie.unicodeScalars))
            if let found { Issue.record("\(cookie) is \(found)") }
        }
    }
}
