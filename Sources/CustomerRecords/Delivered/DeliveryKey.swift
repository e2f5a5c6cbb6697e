/// Stands for a cookie with its banner in a list of what was delivered.
///
/// It is a keyed hash (SipHash-2-4 of 128 bits): without the list's secret nobody learns from it whose it is, and nobody
/// can make up records that share one.
public struct DeliveryKey: Hashable, Comparable, Sendable {
    public var high: UInt64
    public var low: UInt64

    /// Bytes of it in a file.
    public static let size = 16

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(of bytes: UnsafeRawBufferPointer, secret: DeliverySecret) {
        var state = SipState(secret)
        var offset = 0
        while bytes.count - offset >= 8 {
            state.absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        for (index, byte) in bytes[offset...].enumerated() { last |= UInt64(byte) << (8 * index) }
        state.absorb(last)
        (high, low) = state.finish()
    }

    /// Of a record of an API's request, in whatever form it was read.
    public init(cookie: String, bannerID: Int, secret: DeliverySecret) {
        let bytes = Array(cookie.utf8)
        var item: [UInt8] = []
        BannerJSON.append(
            cookie: FieldRange(start: 0, end: bytes.count), of: bytes.span.bytes, bannerID: bannerID, to: &item)
        // Without the comma behind it.
        self = item.dropLast().withUnsafeBytes { DeliveryKey(of: $0, secret: secret) }
    }

    /// Under what a cookie may stand in a list, with any banner.
    public static func all(of cookie: String, secret: DeliverySecret) -> [DeliveryKey] {
        (0...FieldRules.greatestBannerID).map { DeliveryKey(cookie: cookie, bannerID: $0, secret: secret) }
    }

    @inline(__always)
    public static func < (left: DeliveryKey, right: DeliveryKey) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

/// What a list's keys are made with.
public struct DeliverySecret: Hashable, Sendable {
    public var first: UInt64
    public var second: UInt64

    public init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    public static func random() -> DeliverySecret {
        var generator = SystemRandomNumberGenerator()
        return DeliverySecret(first: generator.next(), second: generator.next())
    }
}

/// A list of what was delivered, as far as keys are made for it.
public struct DeliveryList: Hashable, Sendable {
    public var id: Int64
    public var secret: DeliverySecret

    public init(id: Int64, secret: DeliverySecret) {
        self.id = id
        self.secret = secret
    }
}

/// The four words of SipHash with an output of 128 bits.
private struct SipState {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    @inline(__always)
    init(_ secret: DeliverySecret) {
        v0 = secret.first ^ 0x736f_6d65_7073_6575
        v1 = secret.second ^ 0x646f_7261_6e64_6f6d ^ 0xee
        v2 = secret.first ^ 0x6c79_6765_6e65_7261
        v3 = secret.second ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    @inline(__always)
    mutating func finish() -> (UInt64, UInt64) {
        v2 ^= 0xee
        for _ in 0..<4 { round() }
        let first = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        for _ in 0..<4 { round() }
        return (first, v0 ^ v1 ^ v2 ^ v3)
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = v1 << 13 | v1 >> 51
        v1 ^= v0
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v3
        v3 = v3 << 16 | v3 >> 48
        v3 ^= v2
        v0 &+= v3
        v3 = v3 << 21 | v3 >> 43
        v3 ^= v0
        v2 &+= v1
        v1 = v1 << 17 | v1 >> 47
        v1 ^= v2
        v2 = v2 << 32 | v2 >> 32
    }
}
