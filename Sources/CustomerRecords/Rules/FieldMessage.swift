/// Says which character or value of a field is against its rule.
struct FieldMessage {
    let fields: RecordFields
    let rules: RecordRules
    var wording = OptionWording.commandLine

    func text(_ fault: RecordFault) -> String {
        switch fault {
        case .name: name
        case .age: number("age", fields.age, FieldRules.greatestAge)
        case .bannerID: number("banner id", fields.bannerID, FieldRules.greatestBannerID)
        case .suspiciousCookie(let found): "the cookie is \(found.kind.words) (\(wording.flag("reject-suspicious")))"
        default: cookie
        }
    }

    private var name: String {
        let name = fields.name
        if name.isEmpty { return "the name is empty" }
        if let read = DoubleConversion.undone(name) {
            return "the name was converted to UTF-8 twice (it was “\(read)” once); export the file again as UTF-8"
        }
        let bytes = Array(name.utf8)
        let next = NameRule.nextFormat(for: bytes.span.bytes, 0..<bytes.count, rules)
        let hint =
            next.flatMap { isOtherwiseValid($0) ? "; \(wording.value("name-format", $0.rawValue)) allows it" : nil }
            ?? ""
        guard let (scalar, place) = firstWrong(name) else { return "the name has no letter" + hint }
        return "\(Self.shown(scalar)) at character \(place) of the name\(hint.isEmpty ? " is not allowed" : hint)"
    }

    /// Whether the record can be sent once its name is allowed.
    private func isOtherwiseValid(_ format: RecordRules.NameFormat) -> Bool {
        var admitting = rules
        admitting.nameFormat = format
        let verdict = Validation.check(fields, rules: admitting, filter: AgeFilter(minimum: 0))
        guard case .success = verdict else { return false }
        return true
    }

    private func firstWrong(_ name: String) -> (Unicode.Scalar, Int)? {
        var place = 0
        for scalar in name.unicodeScalars {
            place += 1
            let text = Array(("a" + String(scalar)).utf8)
            if !FieldRules.isName(text.span.bytes, 0..<text.count, rules) { return (scalar, place) }
        }
        return nil
    }

    private func number(_ what: String, _ text: String, _ greatest: Int) -> String {
        let range = "a whole number from 0 to \(greatest) is needed"
        if text.isEmpty { return "the \(what) is empty; \(range)" }
        return "the \(what) is “\(SourceFormatError.shown(text, 20))”; \(range)"
    }

    private var cookie: String {
        let bytes = Array(fields.cookie.utf8)
        if bytes.isEmpty { return "the cookie is empty" }
        if let found = FieldRules.firstInvisible(bytes.span.bytes, 0..<bytes.count, version: rules.version) {
            guard let scalar = found.scalar else { return "the cookie is not UTF-8" }
            return "\(Self.shown(scalar)) at character \(found.place) of the cookie is not allowed"
        }
        if rules.cookieFormat == .uuid { return "the cookie is not a UUID of 36 characters" }
        return "the cookie is \(bytes.count) bytes long; the maximum is 256"
    }

    /// `U+00E9`
    static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// A character by its number, and by its name or itself where that helps.
    static func shown(_ scalar: Unicode.Scalar) -> String {
        let number = code(scalar)
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
            .nonspacingMark:
            return (properties.name ?? properties.nameAlias).map { "\(number) (\($0.lowercased()))" } ?? number
        default: return "“\(scalar)” (\(number))"
        }
    }
}
