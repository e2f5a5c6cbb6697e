/// How a source's bytes become UTF-8. It is found from the source's first bytes and kept for the whole run.
public struct SourceDecoding: Codable, Hashable, Sendable {
    /// Whether the bytes are gzip.
    public var isCompressed: Bool
    /// The text's encoding by its name; `nil` is UTF-8.
    public var encoding: String?

    public init(isCompressed: Bool = false, encoding: String? = nil) {
        self.isCompressed = isCompressed
        self.encoding = encoding
    }

    /// Whether the bytes are the text, so that reading may begin at any place.
    public var isPlain: Bool { !isCompressed && encoding == nil }
}

/// Encodings by the names that the C library knows.
public enum TextEncodings {
    static let utf16LittleEndian = "UTF-16LE"
    static let utf16BigEndian = "UTF-16BE"

    /// Whether text in this encoding can be read.
    public static func isKnown(_ name: String) -> Bool {
        if isUTF8(name) { return true }
        // What follows a slash would change how the C library converts.
        guard !name.isEmpty, !name.contains("/"), name.utf8.allSatisfy({ $0 > .space && $0 < .delete }) else {
            return false
        }
        return TextConverter(name) != nil
    }

    static func isUTF8(_ name: String) -> Bool { ["UTF8", "UTF8BOM", "UTF8SIG"].contains(letters(name)) }

    /// UTF-16 under any of its names: with a byte order mark, or little endian without one.
    static func isUTF16(_ name: String) -> Bool { ["UTF16", "UCS2", "UNICODE"].contains(letters(name)) }

    /// A name without what writers of names differ in.
    private static func letters(_ name: String) -> String {
        name.uppercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    }
}
