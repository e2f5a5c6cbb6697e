/// Options by the names under which they stand in a form, a query or a configuration.
extension ReaderOptions {
    /// Why a parameter can't be used, in one line.
    public struct ParameterFault: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// The parameters that `set` knows. `column` may be given several times.
    public static let parameters = [
        "column", "cookie_format", "delimiter", "encoding", "max_rejected", "name_format", "no_header",
        "reject_suspicious", "repeats", "short_rows",
    ]

    /// Sets one option.
    ///
    /// - Returns: false when there is no such parameter.
    public mutating func set(_ name: String, _ text: String) throws(ParameterFault) -> Bool {
        switch name {
        case "column": try addColumn(text)
        case "cookie_format": rules.cookieFormat = try Self.choice(name, text, RecordRules.CookieFormat.allCases)
        case "name_format": rules.nameFormat = try Self.choice(name, text, RecordRules.NameFormat.allCases)
        case "delimiter": delimiter = try Self.delimiter(text)
        case "encoding": encoding = try Self.encoding(text)
        case "max_rejected":
            guard let limit = RejectionLimit(argument: text) else {
                throw ParameterFault(description: "max_rejected must be a number of records, or a share such as 2.5%.")
            }
            maximumRejected = limit
        case "no_header": hasNoHeader = try Self.flag(name, text)
        case "repeats": repeats = try Self.choice(name, text, RepeatPolicy.allCases)
        case "reject_suspicious": rules.rejectsSuspicious = try Self.flag(name, text)
        case "short_rows": allowsShortRows = try Self.flag(name, text)
        default: return false
        }
        return true
    }

    private mutating func addColumn(_ text: String) throws(ParameterFault) {
        do {
            try columns.add(argument: text)
        } catch {
            throw ParameterFault(description: "column: \(error).")
        }
    }

    private static func flag(_ name: String, _ text: String) throws(ParameterFault) -> Bool {
        switch text.lowercased() {
        case "1", "true", "yes", "on", "": return true
        case "0", "false", "no", "off": return false
        default: throw ParameterFault(description: "\(name) must be true or false.")
        }
    }

    private static func choice<Value: RawRepresentable<String>>(
        _ name: String, _ text: String, _ values: [Value]
    ) throws(ParameterFault) -> Value {
        if let value = values.first(where: { $0.rawValue == text.lowercased() }) { return value }
        throw ParameterFault(
            description: "\(name) must be one of \(values.map(\.rawValue).joined(separator: ", ")).")
    }

    private static func delimiter(_ text: String) throws(ParameterFault) -> Delimiter? {
        if text.lowercased() == "auto" { return nil }
        if let delimiter = Delimiter(argument: text) { return delimiter }
        throw ParameterFault(description: "delimiter must be auto, comma, semicolon, tab, or pipe.")
    }

    private static func encoding(_ text: String) throws(ParameterFault) -> String? {
        if text.lowercased() == "auto" { return nil }
        if let fault = TextEncodings.fault(text) { throw ParameterFault(description: "encoding: \(fault)") }
        return text
    }
}
