/// Which of the valid records of a source were not delivered before, by their numbers from 0: one bit each.
public struct NewRecords: Hashable, Sendable {
    private var words: [UInt64] = []
    /// How many records it tells of.
    public private(set) var count = 0

    public init() {}

    public mutating func append(isNew: Bool) {
        if count & 63 == 0 { words.append(0) }
        if isNew { words[count >> 6] |= 1 << UInt64(count & 63) }
        count += 1
    }

    public mutating func append(_ records: some Sequence<Bool>) {
        for isNew in records { append(isNew: isNew) }
    }

    /// Forgets all from a number on.
    public mutating func truncate(to count: Int) {
        guard count < self.count else { return }
        self.count = count
        words.removeLast(words.count - ((count + 63) >> 6))
        if count & 63 > 0 { words[count >> 6] &= 1 << UInt64(count & 63) - 1 }
    }

    /// A record that it does not tell of is new: none is left out without a reason.
    @inline(__always)
    public func isNew(_ record: Int) -> Bool {
        record >= count || words[record >> 6] >> UInt64(record & 63) & 1 == 1
    }

    // MARK: In a file

    private static let mark: [UInt8] = Array("new-records-1\n\0\0".utf8)

    /// As it is kept beside its run.
    public var bytes: [UInt8] {
        var bytes = Self.mark
        for word in [UInt64(count)] + words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// - Returns: `nil` for anything else than `bytes`.
    public init?(bytes: [UInt8]) {
        let head = Self.mark.count + 8
        guard bytes.count >= head, bytes.starts(with: Self.mark) else { return nil }
        func word(at offset: Int) -> UInt64 {
            bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
        }
        guard let count = Int(exactly: word(at: Self.mark.count)), count >= 0,
            bytes.count - head == ((count + 63) >> 6) * 8
        else { return nil }
        self.count = count
        words = stride(from: head, to: bytes.count, by: 8).map(word(at:))
    }
}
