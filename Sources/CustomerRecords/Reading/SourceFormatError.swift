/// A source that can't be read as customer records at all.
public struct SourceFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The text is UTF-16 or UTF-32.
        case notUTF8
        /// The header names this column twice.
        case duplicateColumn(String)
        /// The header lacks these columns.
        case missingColumns([String])
    }

    public let code: Code
    /// The physical line where it was found.
    public let line: Int

    public init(_ code: Code, line: Int) {
        self.code = code
        self.line = line
    }

    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch code {
        case .notUTF8:
            "The source is UTF-16 or UTF-32, not UTF-8; save it as UTF-8 and try again."
        case .duplicateColumn(let name):
            "The header in line \(line) names the column \(name) twice; remove or rename one of them."
        case .missingColumns(let names):
            "The header in line \(line) lacks the column\(names.count == 1 ? "" : "s") \(names.joined(separator: ", ")); "
                + "it needs name, age, cookie and banner_id."
        }
    }
}
