/// Looks for the option with which a rejected record would be delivered, for the notices of a source.
struct RemedySearch: Sendable {
    let dialect: CSVDialect
    let rules: RecordRules
    let filter: AgeFilter
    let trimming: Trimming

    /// Counts what another option would let pass.
    /// - Parameters:
    ///   - fields: those of the record.
    ///   - bytes: the window, which holds the record.
    func note(
        _ fault: RecordFault, of fields: [FieldRange], _ bytes: borrowing RawSpan, _ record: Range<Int>, line: Int,
        in notices: inout [Notice]
    ) {
        guard dialect.width != nil else { return }
        switch fault {
        case .tooFewFields(let count, _) where count >= dialect.columns.fieldCount:
            if isValid(fields, bytes, rules) { notices.add(.shortRows, example: "line \(line)") }
        case .tooFewFields:
            guard let other = otherDelimiter(bytes, record) else { break }
            notices.add(.otherDelimiter, example: "line \(line): \(other.name)")
        case .name:
            noteName(of: fields, bytes, line: line, in: &notices)
        case .tooManyFields, .openQuote, .textAfterQuote, .notText, .null, .tooLong, .age, .cookie,
            .suspiciousCookie, .bannerID:
            break
        }
    }

    /// The delimiter with which a record is whole and valid.
    private func otherDelimiter(_ bytes: borrowing RawSpan, _ record: Range<Int>) -> Delimiter? {
        var divided: [FieldRange] = []
        var counts = FieldCounts()
        for other in Delimiter.allCases where other != dialect.delimiter {
            let ending = FieldWalk.read(
                bytes, record, delimiter: other.byte, trimming: trimming, into: &divided, counts: &counts)
            if ending == .whole, counts.total == dialect.width, isValid(divided, bytes, rules) { return other }
        }
        return nil
    }

    // MARK: Names

    /// Looks at a name that is not valid: whether it was converted twice, and which formats admit it.
    private func noteName(
        of fields: [FieldRange], _ bytes: borrowing RawSpan, line: Int, in notices: inout [Notice]
    ) {
        let field = fields[dialect.columns.name]
        let (isConverted, format): (Bool, RecordRules.NameFormat?)
        if field.hasEscapes {
            var name: [UInt8] = []
            bytes.append(field, to: &name)
            isConverted = isConvertedTwice(name.span.bytes, 0..<name.count)
            format = NameRule.nextFormat(for: name.span.bytes, 0..<name.count, rules)
        } else {
            isConverted = isConvertedTwice(bytes, field.range)
            format = NameRule.nextFormat(for: bytes, field.range, rules)
        }
        if isConverted { notices.add(.convertedTwice, example: "line \(line)") }
        var admitting = rules
        admitting.nameFormat = .any
        guard let format, isValid(fields, bytes, admitting) else { return }
        for (wider, code) in Notice.nameFormats where wider.breadth >= format.breadth {
            notices.add(code, example: "line \(line)")
        }
    }

    private func isConvertedTwice(_ bytes: borrowing RawSpan, _ name: Range<Int>) -> Bool {
        if bytes.first(in: name, { $0 }) == name.upperBound { return false }
        return DoubleConversion.undone(bytes.text(FieldRange(start: name.lowerBound, end: name.upperBound))) != nil
    }

    /// Whether a record with these fields would be delivered under these rules.
    private func isValid(_ fields: [FieldRange], _ bytes: borrowing RawSpan, _ rules: RecordRules) -> Bool {
        var customer = CustomerFields(fields, dialect.columns)
        let verdict: RecordVerdict
        if customer.hasEscapes {
            var text: [UInt8] = []
            customer.unescape(bytes, into: &text)
            verdict = customer.verdict(text.span.bytes, rules, filter)
        } else {
            verdict = customer.verdict(bytes, rules, filter)
        }
        guard case .valid = verdict else { return false }
        return true
    }
}
