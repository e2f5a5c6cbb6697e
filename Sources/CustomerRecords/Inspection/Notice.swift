/// Something about a source that its sender should know: a decision that the reader made by itself, or records that
/// look wrong although no rule forbids them.
public struct Notice: Codable, Hashable, Sendable {
    /// What the notice is about. The raw values are stable: they stand in summaries and in the journal.
    public struct Code: RawRepresentable, Codable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public init(from decoder: any Decoder) throws {
            rawValue = try decoder.singleValueContainer().decode(String.self)
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(rawValue)
        }
    }

    public var code: Code
    /// How many lines, rows or records it is about; 1 when it is about the source as a whole.
    public var count: Int
    /// One of them, or what was found. It never holds a name.
    public var example: String?

    public init(_ code: Code, count: Int = 1, example: String? = nil) {
        self.code = code
        self.count = count
        self.example = example
    }
}

extension [Notice] {
    /// Adds to the notice of the same code, whose example stays.
    public mutating func add(_ notice: Notice) {
        guard let place = firstIndex(where: { $0.code == notice.code }) else { return append(notice) }
        self[place].count += notice.count
        if self[place].example == nil { self[place].example = notice.example }
    }

    /// Adds one to the notice of a code. The example is made only when there is none.
    mutating func add(_ code: Notice.Code, example: @autoclosure () -> String) {
        guard let place = firstIndex(where: { $0.code == code }) else {
            return append(Notice(code, example: example()))
        }
        self[place].count += 1
        if self[place].example == nil { self[place].example = example() }
    }

    /// Adds each of them.
    public mutating func add(_ notices: [Notice]) {
        for notice in notices { add(notice) }
    }

    public subscript(code: Notice.Code) -> Notice? { first { $0.code == code } }
}
