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
