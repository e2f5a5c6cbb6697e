import NIOCore

/// Tells a web page from an answer of the API: proxies and portals answer 200 with one.
enum WebPage {
    private static let beginnings = ["<!doctype html", "<html", "<head"].map { Array($0.utf8) }
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let space: Set<UInt8> = [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20]

    /// What may stand before it: an XML declaration, comments.
    private static let preambles: [(start: [UInt8], end: [UInt8])] = [
        (Array("<?".utf8), Array("?>".utf8)), (Array("<!--".utf8), Array("-->".utf8)),
    ]

    /// Whether the body begins with a page's first tag, after a byte order mark, white space, an XML declaration, and
    /// comments, in any case.
    static func begins(_ body: ByteBuffer) -> Bool {
        var rest = body.readableBytesView[...]
        if rest.starts(with: mark) { rest = rest.dropFirst(mark.count) }
        while true {
            rest = rest.drop(while: space.contains)
            guard let preamble = preambles.first(where: { rest.starts(with: $0.start) }) else { break }
            guard let end = rest.firstRange(of: preamble.end) else { return false }
            rest = rest[end.upperBound...]
        }
        return beginnings.contains { beginning in
            rest.count >= beginning.count && zip(rest, beginning).allSatisfy { lowercase($0) == $1 }
        }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
