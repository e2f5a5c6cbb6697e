/// What separates the fields of a record.
public enum Delimiter: String, CaseIterable, Codable, Hashable, Sendable {
    case comma
    case semicolon
    case tab
    case bar

    public var byte: UInt8 {
        switch self {
        case .comma: UInt8(ascii: ",")
        case .semicolon: UInt8(ascii: ";")
        case .tab: UInt8(ascii: "\t")
        case .bar: UInt8(ascii: "|")
        }
    }

    /// Reads a delimiter as a user writes it: the character itself, its name, or `\t`.
    public init?(argument: String) {
        switch argument.lowercased() {
        case ",", "comma": self = .comma
        case ";", "semicolon": self = .semicolon
        case "\t", "\\t", "tab": self = .tab
        case "|", "bar", "pipe": self = .bar
        default: return nil
        }
    }
}
