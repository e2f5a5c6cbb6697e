import Foundation
import Testing

/// A text in another encoding, by the C library.
func encoded(_ text: String, as encoding: String) throws -> [UInt8] {
    let converter = iconv_open(encoding, "UTF-8")
    try #require(converter != iconv_t(bitPattern: -1), "\(encoding) is known")
    defer { iconv_close(converter) }
    var bytes = [UInt8](repeating: 0, count: text.utf8.count * 4)
    var given = Array(text.utf8).map { CChar(bitPattern: $0) }
    var (unread, room) = (given.count, bytes.count)
    let status = given.withUnsafeMutableBufferPointer { given in
        bytes.withUnsafeMutableBytes { bytes in
            var input = given.baseAddress
            var output = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return iconv(converter, &input, &unread, &output, &room)
        }
    }
    try #require(status == 0 && unread == 0, "\(encoding) has all characters of the text")
    return Array(bytes.dropLast(room))
}
