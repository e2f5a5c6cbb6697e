import Testing

@testable import CustomerRecords

@Suite("Names of Latin letters are checked many bytes at a time")
struct LatinNameTests {
    private static func isLatin(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        let padded = bytes + [UInt8](repeating: 0x41, count: 64)
        let span = padded.span.bytes
        return PlainField.isLatinName(ByteVector(span, at: 0), ByteVector(span, at: 16), length: bytes.count)
    }

    private static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return NameRule.isName(bytes.span.bytes, 0..<bytes.count, format: .letters, version: RecordRules.currentVersion)
    }

    @Test("and no character passes there that the rule refuses")
    func characters() {
        for scalar in (UInt32(0)...0x3000).compactMap(Unicode.Scalar.init) {
            for name in ["\(scalar)", "A\(scalar)", "\(scalar)b", "Anna \(scalar) Ö", "Ö\(scalar)\(scalar)é"] {
                let isLatin = Self.isLatin(name)
                #expect(!isLatin || Self.isName(name), "\(name) U+\(String(scalar.value, radix: 16))")
                let isUsual = (0xC0...0x23F).contains(scalar.value) && scalar != "×" && scalar != "÷"
                if isUsual { #expect(isLatin, "\(name) U+\(String(scalar.value, radix: 16))") }
            }
        }
    }

    @Test("whatever their length")
    func lengths() {
        for count in 0...40 {
            for name in [String(repeating: "a", count: count), String(repeating: "é", count: count)] {
                #expect(Self.isLatin(name) == ((1...32).contains(name.utf8.count)), "\(name)")
            }
        }
    }

    @Test("and half a character is none", arguments: 1...32)
    func halves(length: Int) {
        for half in [UInt8](0xC0...0xFF) + [0x80, 0xBF] {
            var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 64)
            bytes[length - 1] = half
            // What follows the name could complete it.
            bytes[length] = 0xA9
            let span = bytes.span.bytes
            #expect(!PlainField.isLatinName(ByteVector(span, at: 0), ByteVector(span, at: 16), length: length))
        }
    }

    @Test("and spaces alone are no name")
    func spaces() {
        #expect(!Self.isLatin(" "))
        #expect(!Self.isLatin(String(repeating: " ", count: 32)))
    }
}
