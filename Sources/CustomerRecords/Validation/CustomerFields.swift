/// The contents of the fields that are delivered.
struct CustomerFields {
    var name: FieldRange
    var age: FieldRange
    var cookie: FieldRange
    var bannerID: FieldRange

    var hasEscapes: Bool { name.hasEscapes || age.hasEscapes || cookie.hasEscapes || bannerID.hasEscapes }

    /// The four fields of a record that has enough of them.
    init(_ fields: [FieldRange], _ columns: CSVDialect.Columns) {
        name = fields[columns.name]
        age = fields[columns.age]
        cookie = fields[columns.cookie]
        bannerID = fields[columns.bannerID]
    }

    /// Moves the contents into `scratch`, with each doubled quote made one.
    mutating func unescape(_ bytes: borrowing RawSpan, into scratch: inout [UInt8]) {
        scratch.removeAll(keepingCapacity: true)
        Self.move(&name, of: bytes, to: &scratch)
        Self.move(&age, of: bytes, to: &scratch)
        Self.move(&cookie, of: bytes, to: &scratch)
        Self.move(&bannerID, of: bytes, to: &scratch)
    }

    private static func move(_ field: inout FieldRange, of bytes: borrowing RawSpan, to scratch: inout [UInt8]) {
        let start = scratch.count
        bytes.append(field, to: &scratch)
        field = FieldRange(start: start, end: scratch.count)
    }

    /// Checks the fields in the order of the reasons; none of them has escapes.
    func verdict(_ bytes: borrowing RawSpan, _ rules: RecordRules, _ filter: AgeFilter) -> RecordVerdict {
        guard FieldRules.isName(bytes, name.range, rules) else { return .invalid(.name) }
        guard let age = FieldRules.age(bytes, age.range, version: rules.version) else { return .invalid(.age) }
        guard FieldRules.isCookie(bytes, cookie.range, rules) else { return .invalid(.cookie) }
        let suspicion = rules.version >= 2 ? SuspiciousCookie(bytes, cookie.range) : nil
        if rules.rejectsSuspicious, let suspicion { return .invalid(.suspiciousCookie(suspicion)) }
        guard let bannerID = FieldRules.bannerID(bytes, bannerID.range, version: rules.version) else {
            return .invalid(.bannerID)
        }
        return filter.accepts(age) ? .valid(age: age, bannerID: bannerID, suspicion) : .filtered
    }
}
