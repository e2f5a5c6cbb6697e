/// Bytes as other programs would have written them.
public enum EncodedBytes {
    /// A gzip member whose data are stored as they are.
    public static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            let length = UInt16(block.count)
            member.append(rest.isEmpty ? 1 : 0)
            for number in [length, ~length] { member += [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)] }
            member += block
        } while !rest.isEmpty
        for number in [checksum(bytes), UInt32(bytes.count)] {
            member += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        return member
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        let table = (0..<UInt32(256)).map { byte in
            (0..<8).reduce(byte) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
        }
        return ~bytes.reduce(UInt32.max) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
    }

    /// UTF-16 with a byte order mark.
    public static func utf16(_ text: String, isBigEndian: Bool = false) -> [UInt8] {
        ("\u{FEFF}" + text).utf16.flatMap { unit in
            let bytes = [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
            return isBigEndian ? bytes.reversed() : bytes
        }
    }

    /// Windows-1252 or Latin-1, for text that they share.
    public static func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }
}
