extension RawSpan {
    @inline(__always)
    subscript(index: Int) -> UInt8 { unsafeLoad(fromByteOffset: index, as: UInt8.self) }

    /// Appends a field's content, with each doubled quote made one.
    func append(_ field: FieldRange, to bytes: inout [UInt8]) {
        var index = field.start
        while index < field.end {
            bytes.append(self[index])
            index += field.hasEscapes && self[index] == .quote ? 2 : 1
        }
    }

    /// A field's content as text; what is not UTF-8 is shown by replacement characters.
    func text(_ field: FieldRange) -> String {
        var content: [UInt8] = []
        append(field, to: &content)
        return String(decoding: content, as: UTF8.self)
    }

    /// Where the first byte of the range stands that passes a test, or the range's end.
    @inline(__always)
    func first(in range: Range<Int>, _ test: (ByteVector) -> ByteVector) -> Int {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let rest = range.upperBound - offset
            let vector =
                byteCount - offset >= ByteVector.count
                ? ByteVector(self, at: offset) : ByteVector(lastOf: self, at: offset)
            let found = test(vector).bits & .lowest(rest)
            if found != 0 { return offset + found.trailingZeroBitCount }
            offset += ByteVector.count
        }
        return range.upperBound
    }
}

extension ByteVector {
    /// The bytes from `offset` to the end, which are fewer than a vector has, and zeros.
    init(lastOf bytes: borrowing RawSpan, at offset: Int) {
        var words = SIMD16<UInt8>()
        for index in offset..<bytes.byteCount { words[index - offset] = bytes[index] }
        self = withUnsafeBytes(of: words) { words in
            // A vector of sixteen bytes has an address.
            ByteVector(at: words.baseAddress!)
        }
    }
}

extension [UInt8] {
    /// Appends a part of other bytes.
    @inline(__always)
    mutating func append(_ bytes: borrowing RawSpan, _ range: Range<Int>) {
        bytes.extracting(range).withUnsafeBytes { append(contentsOf: $0) }
    }
}
