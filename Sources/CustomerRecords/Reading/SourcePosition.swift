/// A place in a source where a record may begin.
public struct SourcePosition: Codable, Hashable, Sendable {
    /// Bytes before it.
    public var offset: Int
    /// The physical line that begins there, 1-based.
    public var line: Int

    public init(offset: Int, line: Int) {
        self.offset = offset
        self.line = line
    }

    public static let start = SourcePosition(offset: 0, line: 1)
}
