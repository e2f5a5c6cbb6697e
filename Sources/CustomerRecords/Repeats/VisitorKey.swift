/// Stands for a cookie with its banner, among those of one source. Two visitors share a key about as often as two
/// random numbers of 128 bits are the same.
struct VisitorKey: Hashable, Comparable, Sendable {
    var high: UInt64
    var low: UInt64

    /// No visitor has it: it marks a free place.
    static let none = VisitorKey(high: 0, low: 0)

    /// - Parameter seed: random, so that nobody can make up visitors that share a key.
    init(of bytes: UnsafeRawBufferPointer, seed: VisitorKey) {
        var (first, second) = (seed.high, seed.low)
        var offset = 0
        while bytes.count - offset >= 16 {
            let left = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let right = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
            Self.add(left, right, &first, &second)
            offset += 16
        }
        var (left, right): (UInt64, UInt64) = (0, 0)
        for (index, byte) in bytes[offset...].enumerated() {
            if index < 8 { left |= UInt64(byte) << (8 * index) } else { right |= UInt64(byte) << (8 * (index - 8)) }
        }
        Self.add(left, right, &first, &second)
        let count = UInt64(bytes.count)
        high = Self.mix(first ^ 0xeb44_acca_b455_d165, count ^ seed.low)
        low = Self.mix(second ^ 0x9e6c_63d0_676a_9a99, count ^ seed.high)
        if high == 0, low == 0 { low = 1 }
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    static func random() -> VisitorKey {
        VisitorKey(high: .random(in: 1...(.max)), low: .random(in: 1...(.max)))
    }

    static func < (left: VisitorKey, right: VisitorKey) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// Each word goes into both sums, so that both depend on all bytes.
    @inline(__always)
    private static func add(_ left: UInt64, _ right: UInt64, _ first: inout UInt64, _ second: inout UInt64) {
        first = mix(left ^ 0xa076_1d64_78bd_642f, right ^ first)
        second = mix(right ^ 0x8ebc_6af0_9c88_c6e3, left ^ second)
    }

    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
