internal import CDecoders

/// Converts text of any encoding to UTF-8. What is not a character becomes a byte that no UTF-8 has, so the record in
/// which it stands is refused, and no other. Another such byte tells a character that is cut off.
///
/// The state lies in the C library and belongs to one reader, which no two tasks use at the same time.
final class TextConverter: @unchecked Sendable {
    /// Stands for what is not a character.
    static let invalid: UInt8 = 0xFF
    /// Stands for a part of a character at the end of the source, which is cut off there.
    static let cutOff: UInt8 = 0xFE
    private static let inputSize = 64 << 10
    /// No character takes more in any encoding, with what changes its state before it.
    private static let longestCharacter = 64

    private let converter: UnsafeMutableRawPointer
    /// Bytes of a unit of the encoding: after a fault, reading continues with the next one.
    private let unit: Int
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: inputSize, alignment: 16)
    private var unread = 0..<0
    private var isAtEnd = false
    private var isFlushed = false

    /// `nil` when the C library does not know the encoding.
    init?(_ encoding: String) {
        guard let converter = connector_converter_create(encoding) else { return nil }
        self.converter = converter
        unit = Self.unit(of: encoding)
    }

    /// Bytes of a unit, by a name as the C library has it. `CP932` is not one of 32 bits.
    private static func unit(of encoding: String) -> Int {
        let name = encoding.uppercased().filter { $0.isLetter || $0.isNumber }
        func has(_ parts: [String]) -> Bool { parts.contains { name.contains($0) } }
        if has(["UTF32", "UCS4", "WCHART"]) { return 4 }
        return has(["UTF16", "UCS2", "UNICODE"]) ? 2 : 1
    }

    deinit {
        connector_converter_destroy(converter)
        input.deallocate()
    }

    /// Converts into the buffer, which has room for a few characters at least, and returns how many bytes; 0 only at the
    /// end of the text.
    ///
    /// - Parameter read: gives more of the encoded bytes.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, from read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int {
        var filled = 0
        while filled == 0, !isFlushed {
            if unread.count < Self.longestCharacter, !isAtEnd { try refill(read) }
            filled += convert(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        }
        return filled
    }

    private func refill(_ read: (UnsafeMutableRawBufferPointer) throws -> Int) throws {
        input.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[unread]))
        let kept = unread.count
        let count = try read(UnsafeMutableRawBufferPointer(rebasing: input[kept...]))
        unread = 0..<(kept + count)
        isAtEnd = count == 0
    }

    private func convert(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if unread.isEmpty, isAtEnd {
            var (given, room) = (0, buffer.count)
            _ = connector_convert(converter, nil, &given, buffer.baseAddress, &room)
            isFlushed = true
            return room
        }
        var (given, room) = (unread.count, buffer.count)
        let status = connector_convert(
            converter, UnsafeRawPointer(input.baseAddress! + unread.lowerBound), &given, buffer.baseAddress, &room)
        unread = unread.lowerBound + given..<unread.upperBound
        let isCutOff = status == CONNECTOR_CONVERT_INCOMPLETE && isAtEnd
        guard status == CONNECTOR_CONVERT_INVALID || isCutOff, room < buffer.count else { return room }
        let skipped = isCutOff ? unread.count : min(unit, unread.count)
        unread = unread.lowerBound + skipped..<unread.upperBound
        buffer[room] = isCutOff ? Self.cutOff : Self.invalid
        return room + 1
    }

    /// A short text as it reads in an encoding; `nil` when the C library does not know the encoding.
    static func decode(_ bytes: [UInt8], _ encoding: String) -> [UInt8]? {
        guard let converter = TextConverter(encoding) else { return nil }
        var unread = bytes[...]
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try? buffer.withUnsafeMutableBytes { buffer in
                try converter.read(into: buffer) { input in
                    let next = unread.prefix(input.count)
                    input.copyBytes(from: next)
                    unread = unread.dropFirst(next.count)
                    return next.count
                }
            }
            guard let count, count > 0 else { return text }
            text += buffer[..<count]
        }
    }
}
