import ArgumentParser
import CustomerRecords

extension ReaderOptions {
    /// What the settings say of reading, checked.
    init(_ layers: SettingLayers) throws {
        self.init(
            filter: try Self.filter(layers), rules: try Self.rules(layers), delimiter: try Self.delimiter(layers),
            batchSize: try layers.integer(.batchSize, in: 1...1000) ?? Self.defaultBatchSize)
    }

    private static func filter(_ layers: SettingLayers) throws -> AgeFilter {
        let filter = AgeFilter(
            minimum: try layers.integer(.minAge, in: 0...(.max)) ?? AgeFilter.defaultMinimum,
            maximum: try layers.integer(.maxAge, in: 0...(.max)))
        guard filter.isSatisfiable else {
            throw ValidationError(
                "The minimum age \(filter.minimum) is above the maximum age \(filter.maximum ?? 0): no record can pass."
            )
        }
        return filter
    }

    private static func rules(_ layers: SettingLayers) throws -> RecordRules {
        RecordRules(
            nameFormat: try layers.flag(.asciiNames) ? .ascii : .letters,
            cookieFormat: try layers.parse(.cookieFormat, "any or uuid", RecordRules.CookieFormat.init(rawValue:))
                ?? .any)
    }

    private static func delimiter(_ layers: SettingLayers) throws -> Delimiter? {
        if try layers.string(.delimiter)?.lowercased() == "auto" { return nil }
        return try layers.parse(.delimiter, "auto, comma, semicolon, tab or bar", Delimiter.init(argument:))
    }
}
