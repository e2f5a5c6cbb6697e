/// Text of two bytes a character that has no byte order mark.
///
/// One half of its characters' bytes is zero wherever a space, digit, delimiter, line end or Latin letter stands, and
/// hardly ever in the other half.
enum WideText: String {
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"

    private static let inspectedBytes = 4096

    init?(_ head: [UInt8]) {
        // Zeros may fill a file's end.
        let padding = head.prefix(Self.inspectedBytes).reversed().prefix { $0 == 0 }.count
        let pairs = (min(head.count, Self.inspectedBytes) - padding) / 2
        guard pairs >= 4 else { return nil }
        var first = 0
        var second = 0
        for pair in 0..<pairs {
            if head[2 * pair] == 0 { first += 1 }
            if head[2 * pair + 1] == 0 { second += 1 }
        }
        // Of few characters, some zeros say little: they may be damage.
        let least = pairs < 32 ? pairs * 3 / 4 : pairs / 4
        guard min(first, second) * 32 <= pairs, max(first, second) >= least else { return nil }
        self = first > second ? .utf16BigEndian : .utf16LittleEndian
        guard isText(head, pairs) else { return nil }
    }

    /// Whether the characters are such as text has: numbers of two bytes have zeros in one half, too.
    private func isText(_ head: [UInt8], _ pairs: Int) -> Bool {
        var strange = 0
        for pair in 0..<pairs {
            let (high, low) =
                self == .utf16BigEndian ? (head[2 * pair], head[2 * pair + 1]) : (head[2 * pair + 1], head[2 * pair])
            switch UInt16(high) << 8 | UInt16(low) {
            case 0x09, 0x0A, 0x0D: break
            // Controls, private characters, and what is not a character.
            case 0..<0x20, 0x7F..<0xA0, 0xE000..<0xF900, 0xFFF0...: strange += 1
            default: break
            }
        }
        return strange * 32 <= pairs
    }
}
