/// How many rejected records a source may have before it is refused as a whole.
public enum RejectionLimit: Codable, Hashable, Sendable {
    case records(Int)
    /// Of the records read.
    case percent(Double)

    /// Reads `100` or `2.5%`.
    public init?(argument: String) {
        if argument.hasSuffix("%") {
            guard let share = Double(argument.dropLast()), (0...100).contains(share) else { return nil }
            self = .percent(share)
        } else {
            guard let count = Int(argument), count >= 0 else { return nil }
            self = .records(count)
        }
    }

    public func allows(rejected: Int, of read: Int) -> Bool {
        switch self {
        case .records(let maximum): rejected <= maximum
        case .percent(let share): Double(rejected) * 100 <= share * Double(read)
        }
    }

    /// As it is written on the command line.
    public var text: String {
        switch self {
        case .records(let maximum): String(maximum)
        case .percent(let share): (share == share.rounded() ? String(Int(share)) : String(share)) + "%"
        }
    }
}
