import NIOCore

/// A fast checksum that tells whether a body is built again as it was before. It is no protection against forgery.
enum BodyChecksum {
    static func of(_ body: ByteBuffer) -> UInt64 {
        body.withUnsafeReadableBytes { of(RawSpan(_unsafeBytes: $0)) }
    }

    /// Four sums go side by side, so that no multiplication needs to wait for the one before.
    private static func of(_ bytes: borrowing RawSpan) -> UInt64 {
        var (first, second, third, fourth): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
        var offset = 0
        while bytes.byteCount &- offset >= 32 {
            first = mix(first, word(bytes, offset))
            second = mix(second, word(bytes, offset &+ 8))
            third = mix(third, word(bytes, offset &+ 16))
            fourth = mix(fourth, word(bytes, offset &+ 24))
            offset &+= 32
        }
        var sum = mix(mix(mix(mix(UInt64(bytes.byteCount), first), second), third), fourth)
        while offset < bytes.byteCount {
            sum = mix(sum, UInt64(bytes[offset]))
            offset += 1
        }
        return sum
    }

    @inline(__always)
    private static func word(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Neither step loses anything, so two different words never give the same sum.
    @inline(__always)
    private static func mix(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        let product = (sum ^ word) &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 32
    }
}
