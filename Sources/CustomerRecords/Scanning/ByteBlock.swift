/// Which bytes of a block of 64 mean something to a CSV reader; the block's first byte is bit 0 of each mask.
struct ByteBlock {
    static let count = 64

    let newlines: UInt64
    let delimiters: UInt64
    let quotes: UInt64
    /// NUL and everything beyond ASCII, whose encoding must be checked.
    let unusual: UInt64

    @inline(__always)
    init(_ bytes: borrowing RawSpan, at offset: Int, delimiter: UInt8) {
        let first = ByteVector(bytes, at: offset)
        let second = ByteVector(bytes, at: offset + 16)
        let third = ByteVector(bytes, at: offset + 32)
        let fourth = ByteVector(bytes, at: offset + 48)
        self.init(first, second, third, fourth, delimiter: ByteVector(repeating: delimiter))
    }

    @inline(__always)
    private init(
        _ first: ByteVector, _ second: ByteVector, _ third: ByteVector, _ fourth: ByteVector, delimiter: ByteVector
    ) {
        @inline(__always)
        func mask(_ test: (ByteVector) -> ByteVector) -> UInt64 {
            test(first).bits | test(second).bits << 16 | test(third).bits << 32 | test(fourth).bits << 48
        }
        let lineFeed = ByteVector(repeating: .lineFeed)
        let carriageReturn = ByteVector(repeating: .carriageReturn)
        let quote = ByteVector(repeating: .quote)
        let one = ByteVector(repeating: 1)
        newlines = mask { $0.equals(lineFeed) | $0.equals(carriageReturn) }
        delimiters = mask { $0.equals(delimiter) }
        quotes = mask { $0.equals(quote) }
        unusual = mask { one.exceeds($0) }
    }
}

extension UInt64 {
    /// Ones in the lowest `count` bits; `count` is 0…64.
    @inline(__always)
    static func lowest(_ count: Int) -> UInt64 { count >= 64 ? .max : (1 << UInt64(count)) &- 1 }

    /// Ones in the bits below the lowest one that is set; all ones when none is.
    @inline(__always)
    var belowLowest: UInt64 { (self &- 1) & ~self }
}

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let space = UInt8(ascii: " ")
    static let hyphen = UInt8(ascii: "-")
    static let zero = UInt8(ascii: "0")
    static let delete: UInt8 = 0x7F

    @inline(__always)
    var isNewline: Bool { self == .lineFeed || self == .carriageReturn }

    /// The value of an ASCII digit.
    @inline(__always)
    var digit: Int? {
        let value = self &- .zero
        return value <= 9 ? Int(value) : nil
    }

    @inline(__always)
    var isASCIILetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
}
