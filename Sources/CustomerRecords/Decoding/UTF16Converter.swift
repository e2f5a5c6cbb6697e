/// Converts UTF-16 to UTF-8. A surrogate without its other half becomes a byte that no UTF-8 has, and another one where
/// the source ends within a character.
///
/// It belongs to one reader, which no two tasks use at the same time.
final class UTF16Converter: @unchecked Sendable {
    private static let inputSize = 64 << 10

    private let isBigEndian: Bool
    private var input = [UInt8](repeating: 0, count: inputSize)
    private var unread = 0..<0
    private var isAtEnd = false
    /// Whether what was converted last ends a line, or nothing was.
    private var endsLine = true

    init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

    /// Converts into the buffer, which has room for a few characters at least, and returns how many bytes; 0 only at the
    /// end of the text.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, from read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int {
        var filled = 0
        while filled == 0 {
            if unread.count < 4, !isAtEnd { try refill(read) }
            if unread.isEmpty, isAtEnd { return 0 }
            filled = convert(into: buffer)
        }
        return filled
    }

    private func refill(_ read: (UnsafeMutableRawBufferPointer) throws -> Int) throws {
        let kept = unread.count
        for index in 0..<kept { input[index] = input[unread.lowerBound + index] }
        let count = try input.withUnsafeMutableBytes { input in
            try read(UnsafeMutableRawBufferPointer(rebasing: input[kept...]))
        }
        unread = 0..<(kept + count)
        isAtEnd = count == 0
    }

    private func convert(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        var index = unread.lowerBound
        let end = unread.upperBound
        while buffer.count - filled >= 4 {
            guard end - index >= 2 else {
                if isAtEnd, index < end {
                    filled += put(lastByte: input[index], into: buffer, at: filled)
                    index = end
                }
                break
            }
            let first = unit(at: index)
            endsLine = first == 0x0A || first == 0x0D || first == 0x1A || first == 0
            guard first & 0xF800 == 0xD800 else {
                filled += Self.put(UInt32(first), into: buffer, at: filled)
                index += 2
                continue
            }
            guard end - index >= 4 || isAtEnd else { break }
            if first < 0xDC00, end - index >= 4, case let second = unit(at: index + 2), second & 0xFC00 == 0xDC00 {
                let scalar = 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF))
                filled += Self.put(scalar, into: buffer, at: filled)
                index += 4
            } else {
                let isCutOff = first < 0xDC00 && end - index < 4
                buffer[filled] = isCutOff ? TextConverter.cutOff : TextConverter.invalid
                filled += 1
                index += 2
            }
        }
        unread = index..<end
        return filled
    }

    private func unit(at index: Int) -> UInt16 {
        isBigEndian
            ? UInt16(input[index]) << 8 | UInt16(input[index + 1])
            : UInt16(input[index + 1]) << 8 | UInt16(input[index])
    }

    /// Half a character at the end. A line end or padding that some tool added as one byte does no harm; anything else
    /// says that the text is cut off there. With the high byte first, a zero may be half of any Latin letter.
    private func put(lastByte byte: UInt8, into buffer: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
        let isHarmless =
            byte.isNewline || byte == .space || byte == 0x1A || byte == 0 && (endsLine || !isBigEndian)
        buffer[place] = isHarmless ? byte : TextConverter.cutOff
        return 1
    }

    private static func put(_ scalar: UInt32, into buffer: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
        switch scalar {
        case ..<0x80:
            buffer[place] = UInt8(scalar)
            return 1
        case ..<0x800:
            buffer[place] = UInt8(0xC0 | scalar >> 6)
            buffer[place + 1] = UInt8(0x80 | scalar & 0x3F)
            return 2
        case ..<0x10000:
            buffer[place] = UInt8(0xE0 | scalar >> 12)
            buffer[place + 1] = UInt8(0x80 | scalar >> 6 & 0x3F)
            buffer[place + 2] = UInt8(0x80 | scalar & 0x3F)
            return 3
        default:
            buffer[place] = UInt8(0xF0 | scalar >> 18)
            buffer[place + 1] = UInt8(0x80 | scalar >> 12 & 0x3F)
            buffer[place + 2] = UInt8(0x80 | scalar >> 6 & 0x3F)
            buffer[place + 3] = UInt8(0x80 | scalar & 0x3F)
            return 4
        }
    }
}
