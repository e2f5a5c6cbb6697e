/// What separates the fields of a record.
public enum Delimiter: String, CaseIterable, Codable, Hashable, Sendable {
    case comma
    case semicolon
    case tab
    /// Stored under the name that it had in version 1.0.
    case pipe = "bar"

    /// What people call it.
    public var name: String { self == .pipe ? "pipe" : rawValue }

    public var byte: UInt8 {
        switch self {
        case .comma: UInt8(ascii: ",")
        case .semicolon: UInt8(ascii: ";")
        case .tab: UInt8(ascii: "\t")
        case .pipe: UInt8(ascii: "|")
        }
    }

    /// Reads a delimiter as a user writes it: the character itself, its name, or `\t`.
    public init?(argument: String) {
        switch argument.lowercased() {
        case ",", "comma": self = .comma
        case ";", "semicolon": self = .semicolon
        case "\t", "\\t", "tab": self = .tab
        case "|", "pipe", "bar": self = .pipe
        default: return nil
        }
    }
}
