#if canImport(_Builtin_intrinsics.intel.sse2)
internal import _Builtin_intrinsics.intel.sse2

/// Sixteen bytes that are compared at once.
///
/// The standard library's SIMD comparisons become a loop over the bytes, so this uses the processor's own where they
/// can be imported.
struct ByteVector {
    static let count = 16

    private let lanes: __m128i

    @inline(__always)
    private init(_ lanes: __m128i) { self.lanes = lanes }

    @inline(__always)
    init(repeating byte: UInt8) { lanes = _mm_set1_epi8(CChar(bitPattern: byte)) }

    /// The sixteen bytes at `pointer`, all of which must be readable.
    @inline(__always)
    init(at pointer: UnsafeRawPointer) { lanes = pointer.loadUnaligned(as: __m128i.self) }

    @inline(__always)
    init(_ bytes: borrowing RawSpan, at offset: Int) {
        lanes = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: __m128i.self)
    }

    @inline(__always)
    func store(to pointer: UnsafeMutableRawPointer) { pointer.storeBytes(of: lanes, as: __m128i.self) }

    /// All ones in the bytes that are equal.
    @inline(__always)
    func equals(_ other: ByteVector) -> ByteVector { ByteVector(_mm_cmpeq_epi8(lanes, other.lanes)) }

    /// All ones in the bytes that are greater, both taken as signed: 0x80 and above are negative.
    @inline(__always)
    func exceeds(_ other: ByteVector) -> ByteVector { ByteVector(_mm_cmpgt_epi8(lanes, other.lanes)) }

    @inline(__always)
    static func | (a: ByteVector, b: ByteVector) -> ByteVector { ByteVector(_mm_or_si128(a.lanes, b.lanes)) }

    @inline(__always)
    static func & (a: ByteVector, b: ByteVector) -> ByteVector { ByteVector(_mm_and_si128(a.lanes, b.lanes)) }

    /// The top bit of each byte; the first byte is bit 0.
    @inline(__always)
    var bits: UInt64 { UInt64(UInt32(bitPattern: _mm_movemask_epi8(lanes))) }
}
#else
/// Sixteen bytes that are compared one by one, where the processor's comparisons can't be imported.
struct ByteVector {
    static let count = 16

    private var lanes: SIMD16<UInt8>

    private init(_ lanes: SIMD16<UInt8>) { self.lanes = lanes }

    init(repeating byte: UInt8) { lanes = SIMD16(repeating: byte) }

    /// The sixteen bytes at `pointer`, all of which must be readable.
    init(at pointer: UnsafeRawPointer) { lanes = pointer.loadUnaligned(as: SIMD16<UInt8>.self) }

    init(_ bytes: borrowing RawSpan, at offset: Int) {
        lanes = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
    }

    func store(to pointer: UnsafeMutableRawPointer) { pointer.storeBytes(of: lanes, as: SIMD16<UInt8>.self) }

    /// All ones in the bytes that are equal.
    func equals(_ other: ByteVector) -> ByteVector { select { lanes[$0] == other.lanes[$0] } }

    /// All ones in the bytes that are greater, both taken as signed: 0x80 and above are negative.
    func exceeds(_ other: ByteVector) -> ByteVector {
        select { Int8(bitPattern: lanes[$0]) > Int8(bitPattern: other.lanes[$0]) }
    }

    static func | (a: ByteVector, b: ByteVector) -> ByteVector { ByteVector(a.lanes | b.lanes) }

    static func & (a: ByteVector, b: ByteVector) -> ByteVector { ByteVector(a.lanes & b.lanes) }

    /// The top bit of each byte; the first byte is bit 0.
    var bits: UInt64 {
        var bits: UInt64 = 0
        for index in 0..<Self.count { bits |= UInt64(lanes[index] >> 7) << UInt64(index) }
        return bits
    }

    private func select(_ isSet: (Int) -> Bool) -> ByteVector {
        var result = SIMD16<UInt8>()
        for index in 0..<Self.count where isSet(index) { result[index] = 0xFF }
        return ByteVector(result)
    }
}
#endif
