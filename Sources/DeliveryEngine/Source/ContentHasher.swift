import CustomerRecords
import DeliveryStore

/// Hashes a source's bytes while they are read: two independent 64-bit hashes, each over all bytes, far faster than
/// they are parsed. It tells equal contents from different ones; it is no protection against somebody who wants them
/// to look equal.
///
/// A class, since the reader owns the source and the hash is wanted afterwards. Only that one reader uses it.
final class ContentHasher: @unchecked Sendable {
    private var lanes = Lanes()
    /// Bytes that do not fill a block yet.
    private var rest: [UInt8] = []
    private(set) var length = 0

    private struct Lanes {
        var a: UInt64 = 0x9e37_79b9_7f4a_7c15
        var b: UInt64 = 0xc2b2_ae3d_27d4_eb4f
        var c: UInt64 = 0x1656_67b1_9e37_79f9
        var d: UInt64 = 0x27d4_eb2f_1656_67c5

        /// Each word goes into two lanes, once as a factor of each side, so that both results depend on all bytes.
        @inline(__always)
        mutating func add(_ block: UnsafeRawPointer) {
            let w0 = block.loadUnaligned(as: UInt64.self)
            let w1 = block.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            let w2 = block.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
            let w3 = block.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            a = ContentHasher.mix(w0 ^ 0xa076_1d64_78bd_642f, w1 ^ a)
            b = ContentHasher.mix(w2 ^ 0xe703_7ed1_a0b4_28db, w3 ^ b)
            c = ContentHasher.mix(w3 ^ 0x8ebc_6af0_9c88_c6e3, w0 ^ c)
            d = ContentHasher.mix(w1 ^ 0x5899_65cc_7537_4cc3, w2 ^ d)
        }
    }

    private static let block = 32

    @inline(__always)
    fileprivate static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        length += bytes.count
        var bytes = bytes
        if !rest.isEmpty {
            let missing = min(Self.block - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<missing])
            bytes = UnsafeRawBufferPointer(rebasing: bytes[missing...])
            guard rest.count == Self.block else { return }
            rest.withUnsafeBytes { block in
                guard let start = block.baseAddress else { return }
                self.lanes.add(start)
            }
            rest.removeAll(keepingCapacity: true)
        }
        guard let start = bytes.baseAddress else { return }
        var lanes = lanes
        var offset = 0
        while offset + Self.block <= bytes.count {
            lanes.add(start + offset)
            offset += Self.block
        }
        self.lanes = lanes
        if offset < bytes.count { rest.append(contentsOf: bytes[offset...]) }
    }

    /// Another one that has hashed the same bytes.
    func copy() -> ContentHasher {
        let copy = ContentHasher()
        copy.lanes = lanes
        copy.rest = rest
        copy.length = length
        return copy
    }

    /// What all bytes so far were.
    var identity: ContentIdentity {
        var lanes = lanes
        let padded = rest + [UInt8](repeating: 0, count: Self.block - rest.count)
        padded.withUnsafeBytes { block in
            guard let start = block.baseAddress else { return }
            lanes.add(start)
        }
        let count = UInt64(length)
        let first = Self.mix(
            Self.mix(lanes.a ^ count, lanes.b ^ 0x1d8e_4e27_c47d_124f), lanes.b ^ 0xeb44_acca_b455_d165)
        let second = Self.mix(
            Self.mix(lanes.c ^ count, lanes.d ^ 0x9e6c_63d0_676a_9a99), lanes.d ^ 0xd3a2_646c_ab3a_8f25)
        let hash = [first, second].flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
        return ContentIdentity(hash: hash, length: length)
    }
}

extension ContentHasher {
    /// Reads a source to its end just to hash it.
    func update(_ source: some ByteSource) throws {
        var source = source
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try source.read(into: buffer), count > 0 {
            update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// What a whole file is, decoded.
    static func identity(of file: SourceFile, _ size: Int?, _ decoding: SourceDecoding) throws -> ContentIdentity {
        let hasher = ContentHasher()
        try hasher.update(try RunBytes(file, size: size, decoding: decoding).text(from: 0))
        return hasher.identity
    }
}

/// A source whose bytes are hashed as they are read.
struct HashedSource<Base: ByteSource>: ByteSource {
    var base: Base
    let hasher: ContentHasher

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try base.read(into: buffer)
        hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }
}
