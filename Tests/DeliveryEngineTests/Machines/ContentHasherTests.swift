import DeliveryStore
import Testing

@testable import DeliveryEngine

@Suite("A content is known by its hash")
struct ContentHasherTests {
    private static func hash(_ bytes: [UInt8], step: Int = .max) -> [UInt8] {
        let hasher = ContentHasher()
        var start = 0
        while start < bytes.count {
            let end = step < bytes.count - start ? start + step : bytes.count
            bytes[start..<end].withUnsafeBytes { hasher.update($0) }
            start = end
        }
        return hasher.identity.hash
    }

    @Test("however it is cut into pieces, and it has 128 bits")
    func pieces() {
        let bytes = (0..<10_007).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 256) }
        let whole = Self.hash(bytes)
        #expect(whole.count == 16)
        for step in [1, 7, 31, 32, 33, 1000] { #expect(Self.hash(bytes, step: step) == whole, "\(step)") }
    }

    @Test("one bit, a zero more at the end, or two blocks in each other's place make another one")
    func differences() {
        let bytes = (0..<256).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var seen: Set<[UInt8]> = [Self.hash(bytes)]
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                seen.insert(Self.hash(changed))
            }
        }
        for zeros in 1...40 { seen.insert(Self.hash(bytes + [UInt8](repeating: 0, count: zeros))) }
        seen.insert(Self.hash(Array(bytes[32..<64] + bytes[..<32] + bytes[64...])))
        seen.insert(Self.hash([]))
        #expect(seen.count == 1 + 256 * 8 + 40 + 2)
    }
}
