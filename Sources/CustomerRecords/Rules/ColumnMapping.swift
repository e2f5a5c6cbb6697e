/// Which columns of a source hold what is delivered, as its sender says.
public struct ColumnMapping: Codable, Hashable, Sendable {
    /// A column of a source.
    public enum Reference: Codable, Hashable, Sendable {
        /// By the text of the header.
        case title(String)
        /// By its place, counted from 1.
        case number(Int)
    }

    private var references: [String: Reference] = [:]

    public init() {}

    public var isEmpty: Bool { references.isEmpty }

    /// Whether a column is given by its title, which takes a header.
    public var hasTitles: Bool {
        KnownColumn.allCases.contains { column in
            if case .title = self[column] { return true }
            return false
        }
    }

    /// Whether each column is given by its number, so that no header is needed to find them.
    var isNumbersOnly: Bool {
        KnownColumn.allCases.allSatisfy { column in
            if case .number = self[column] { return true }
            return false
        }
    }

    public subscript(column: KnownColumn) -> Reference? {
        get { references[column.rawValue] }
        set { references[column.rawValue] = newValue }
    }

    /// Why a mapping can't be used, in one line.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Reads `name=Full name` or `cookie=3`.
    public mutating func add(argument: String) throws(Fault) {
        guard let equals = argument.firstIndex(of: "=") else {
            throw Fault(description: "“\(argument)” is not a mapping such as name=\"Full name\" or cookie=3")
        }
        let target = String(argument[..<equals])
        var source = String(argument[argument.index(after: equals)...])
        guard let column = KnownColumn(title: target) else {
            throw Fault(description: "“\(target)” is not name, age, cookie or banner_id")
        }
        guard self[column] == nil else { throw Fault(description: "\(column.rawValue) is mapped twice") }
        let isQuoted = source.count >= 2 && source.hasPrefix("\"") && source.hasSuffix("\"")
        if isQuoted { source = String(source.dropFirst().dropLast()) }
        guard !source.isEmpty else { throw Fault(description: "\(column.rawValue) is mapped to nothing") }
        if !isQuoted, source.utf8.allSatisfy({ $0.digit != nil }) {
            guard let number = Int(source), (1...10_000).contains(number) else {
                throw Fault(description: "columns are counted from 1, so \(column.rawValue)=\(source) names none")
            }
            self[column] = .number(number)
        } else {
            self[column] = .title(source)
        }
        let same = KnownColumn.allCases.filter { self[$0] == self[column] }
        guard same.count == 1 else {
            throw Fault(
                description: "\(same.map(\.rawValue).joined(separator: " and ")) are mapped to the same column")
        }
    }
}
