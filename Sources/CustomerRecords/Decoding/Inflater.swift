internal import CDecoders

/// Unpacks the members of a gzip stream.
///
/// The state lies in the C library and belongs to one reader, which no two tasks use at the same time.
final class Inflater: @unchecked Sendable {
    private static let inputSize = 64 << 10

    private let state: OpaquePointer
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: inputSize, alignment: 16)
    private var unread = 0..<0
    /// Whether the last member has ended and nothing of another one was read.
    private var isBetweenMembers = false
    /// Bytes unpacked so far.
    private(set) var count = 0

    init() throws(SourceFormatError) {
        guard let state = connector_inflater_create() else { throw SourceFormatError(.noMemory, line: 1) }
        self.state = state
    }

    deinit {
        connector_inflater_destroy(state)
        input.deallocate()
    }

    /// Unpacks into the buffer and returns how many bytes; 0 only at the end of the last member.
    ///
    /// - Parameter read: gives more of the packed bytes.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, from read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int {
        while true {
            if unread.isEmpty {
                let count = try read(input)
                unread = 0..<count
                if count == 0 {
                    if isBetweenMembers { return 0 }
                    throw SourceFormatError(.cutOffCompression(unpacked: self.count), line: 1)
                }
            }
            if isBetweenMembers, !(try beginMember()) { continue }
            var (given, room) = (unread.count, buffer.count)
            let status = connector_inflate(
                state, UnsafeRawPointer(input.baseAddress! + unread.lowerBound), &given, buffer.baseAddress, &room)
            unread = unread.lowerBound + given..<unread.upperBound
            count += room
            switch status {
            case CONNECTOR_INFLATE_MEMBER_END: isBetweenMembers = true
            case CONNECTOR_INFLATE_OK: break
            case CONNECTOR_INFLATE_NO_MEMORY: throw SourceFormatError(.noMemory, line: 1)
            default: throw SourceFormatError(.damagedCompression(unpacked: count), line: 1)
            }
            if room > 0 { return room }
        }
    }

    /// Looks at what follows a member: another one, or zeros that fill a tape's block.
    private func beginMember() throws -> Bool {
        while let first = unread.first, input[first] == 0 { unread = first + 1..<unread.upperBound }
        guard let first = unread.first else { return false }
        guard input[first] == 0x1F else {
            throw SourceFormatError(.damagedCompression(unpacked: count), line: 1)
        }
        connector_inflater_reset(state)
        isBetweenMembers = false
        return true
    }
}
