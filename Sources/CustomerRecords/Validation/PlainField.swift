/// The rules for fields of usual length and ASCII, sixteen bytes at a time. Each may say no where the rule says yes.
enum PlainField {
    static let longestName = 32
    static let longestCookie = 48

    /// A name of 1 to 32 ASCII letters and spaces, whose bytes are the first of the two vectors.
    @inline(__always)
    static func isName(_ v0: ByteVector, _ v1: ByteVector, length: Int) -> Bool {
        let name = UInt64.lowest(length)
        let letters = letters(v0).bits | letters(v1).bits << 16
        let space = ByteVector(repeating: .space)
        let spaces = v0.equals(space).bits | v1.equals(space).bits << 16
        return length <= longestName && (letters | spaces) & name == name && letters & name != 0
    }

    /// A name of 1 to 32 bytes of ASCII and Latin letters, from `À` to `ȿ`, and spaces, whose bytes are the first of the
    /// two vectors.
    @inline(__always)
    static func isLatinName(_ v0: ByteVector, _ v1: ByteVector, length: Int) -> Bool {
        func bits(_ test: (ByteVector) -> ByteVector) -> UInt64 { test(v0).bits | test(v1).bits << 16 }
        let name = UInt64.lowest(length)
        let ascii = bits(letters) & name
        let spaces = bits { $0.equals(ByteVector(repeating: .space)) } & name
        // Two bytes a letter: 0xC3 to 0xC8, then 0x80 to 0xBF. `×` and `÷` stand among those of 0xC3.
        let leads =
            bits {
                $0.exceeds(ByteVector(repeating: 0xC2)) & ByteVector(repeating: 0xC9).exceeds($0)
            } & name
        let rests = bits { ByteVector(repeating: 0xC0).exceeds($0) } & name
        let signs = bits { $0.equals(ByteVector(repeating: 0x97)) | $0.equals(ByteVector(repeating: 0xB7)) }
        let firstLeads = bits { $0.equals(ByteVector(repeating: 0xC3)) }
        return length <= longestName && rests == leads << 1 && signs & (firstLeads << 1) & name == 0
            && ascii | spaces | leads | rests == name && ascii | leads != 0
    }

    /// A cookie of 1 to 48 bytes of printable ASCII without backslashes, whose bytes are the first of the three vectors.
    @inline(__always)
    static func isCookie(
        _ v0: ByteVector, _ v1: ByteVector, _ v2: ByteVector, length: Int, format: RecordRules.CookieFormat
    ) -> Bool {
        guard (1...longestCookie).contains(length) else { return false }
        let bad = unfit(v0).bits | unfit(v1).bits << 16 | unfit(v2).bits << 32
        guard bad & .lowest(length) == 0 else { return false }
        guard format == .uuid else { return true }
        let hyphen = ByteVector(repeating: .hyphen)
        let hyphens = v0.equals(hyphen).bits | v1.equals(hyphen).bits << 16 | v2.equals(hyphen).bits << 32
        let digits = hexDigits(v0).bits | hexDigits(v1).bits << 16 | hexDigits(v2).bits << 32
        let places: UInt64 = 1 << 8 | 1 << 13 | 1 << 18 | 1 << 23
        return length == 36 && hyphens & .lowest(36) == places && (digits | places) & .lowest(36) == .lowest(36)
    }

    @inline(__always)
    private static func letters(_ vector: ByteVector) -> ByteVector {
        let lower = vector | ByteVector(repeating: 0x20)
        return lower.exceeds(ByteVector(repeating: UInt8(ascii: "a") - 1))
            & ByteVector(repeating: UInt8(ascii: "z") + 1).exceeds(lower)
    }

    @inline(__always)
    private static func hexDigits(_ vector: ByteVector) -> ByteVector {
        let lower = vector | ByteVector(repeating: 0x20)
        let letters =
            lower.exceeds(ByteVector(repeating: UInt8(ascii: "a") - 1))
            & ByteVector(repeating: UInt8(ascii: "f") + 1).exceeds(lower)
        let digits =
            vector.exceeds(ByteVector(repeating: .zero - 1))
            & ByteVector(repeating: UInt8(ascii: "9") + 1).exceeds(vector)
        return letters | digits
    }

    /// Spaces, controls, what is beyond ASCII, and the backslash.
    @inline(__always)
    private static func unfit(_ vector: ByteVector) -> ByteVector {
        ByteVector(repeating: .space + 1).exceeds(vector) | vector.equals(ByteVector(repeating: .delete))
            | vector.equals(ByteVector(repeating: .backslash))
    }
}
