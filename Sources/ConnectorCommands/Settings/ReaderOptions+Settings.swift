import ArgumentParser
import CustomerRecords
import DeliveryModel

extension ReaderOptions {
    /// What the settings say of reading, checked.
    init(_ layers: SettingLayers) throws {
        self.init(
            filter: try Self.filter(layers), rules: try Self.rules(layers), delimiter: try Self.delimiter(layers),
            batchSize: try layers.integer(.batchSize, in: Self.batchSizes) ?? Self.defaultBatchSize,
            encoding: try Self.encoding(layers), columns: try Self.columns(layers),
            hasNoHeader: try layers.flag(.noHeader), allowsShortRows: try layers.flag(.shortRows),
            maximumRejected: try layers.parse(
                .maxRejected, "a number of records, or a share such as 2.5%", RejectionLimit.init(argument:)),
            repeats: try layers.parse(.repeats, "send, count or skip", { RepeatPolicy(rawValue: $0.lowercased()) })
                ?? .send, onlyNew: try Self.onlyNew(layers))
        if hasNoHeader, let (_, place) = try layers.text(.column), columns.hasTitles {
            throw ValidationError(
                "\(place): a column can't be named by its title when there is no header. Use its number.")
        }
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
        let format = try layers.parse(
            .nameFormat, "letters, common, any or ascii",
            { RecordRules.NameFormat(rawValue: $0.lowercased()) })
        let asciiNames = try layers.flag(.asciiNames)
        if asciiNames, let format, format != .ascii {
            throw ValidationError("--ascii-names means --name-format ascii, not \(format.rawValue). Use one of them.")
        }
        return RecordRules(
            nameFormat: asciiNames ? .ascii : format ?? .letters,
            cookieFormat: try layers.parse(.cookieFormat, "any or uuid", RecordRules.CookieFormat.init(rawValue:))
                ?? .any, rejectsSuspicious: try layers.flag(.rejectSuspicious))
    }

    private static func onlyNew(_ layers: SettingLayers) throws -> String? {
        guard let (name, place) = try layers.text(.onlyNew) else { return nil }
        if let fault = DeliveryListName.fault(name) { throw ValidationError("\(place): \(fault)") }
        return name
    }

    private static func encoding(_ layers: SettingLayers) throws -> String? {
        guard let (name, place) = try layers.text(.encoding), name.lowercased() != "auto" else { return nil }
        if let fault = TextEncodings.fault(name) { throw ValidationError("\(place): \(fault)") }
        return name
    }

    /// One mapping a line; in a configuration file they may stand in an array.
    private static func columns(_ layers: SettingLayers) throws -> ColumnMapping {
        var columns = ColumnMapping()
        guard let (text, place) = try layers.text(.column) else { return columns }
        for argument in text.split(separator: "\n") {
            do {
                try columns.add(argument: String(argument))
            } catch {
                throw ValidationError("\(place): \(error).")
            }
        }
        return columns
    }

    private static func delimiter(_ layers: SettingLayers) throws -> Delimiter? {
        if try layers.string(.delimiter)?.lowercased() == "auto" { return nil }
        return try layers.parse(.delimiter, "auto, comma, semicolon, tab, or pipe", Delimiter.init(argument:))
    }
}
