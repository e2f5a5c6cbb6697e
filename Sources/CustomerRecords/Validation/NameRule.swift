/// What a name may be made of.
enum NameRule {
    /// Letters, their marks and spaces; with `common` also apostrophes, hyphens and periods.
    static func isName(
        _ bytes: borrowing RawSpan, _ range: Range<Int>, format: RecordRules.NameFormat, version: Int
    ) -> Bool {
        // Nearly all names are nothing but these, and this is done for each record.
        var index = range.lowerBound
        var hasLetter = false
        while index < range.upperBound {
            let byte = bytes[index]
            if byte.isASCIILetter { hasLetter = true } else if byte != .space { break }
            index &+= 1
        }
        if index == range.upperBound { return hasLetter }
        return isUnusualName(bytes, range, format: format, version: version)
    }

    @inline(never)
    private static func isUnusualName(
        _ bytes: borrowing RawSpan, _ range: Range<Int>, format: RecordRules.NameFormat, version: Int
    ) -> Bool {
        var index = range.lowerBound
        var hasLetter = false
        var isAfterLetter = false
        while index < range.upperBound {
            let byte = bytes[index]
            if byte < 0x80 {
                isAfterLetter = byte.isASCIILetter
                guard isAfterLetter || byte == .space || format == .common && isJoint(byte) else { return false }
                index += 1
            } else {
                guard format != .ascii, let scalar = UTF8Text.scalar(bytes, at: &index, end: range.upperBound) else {
                    return false
                }
                if isLetter(scalar) {
                    isAfterLetter = true
                } else if version >= 2, scalar.properties.generalCategory == .spaceSeparator {
                    isAfterLetter = false
                } else if format == .common, scalar == "’" {
                    isAfterLetter = false
                } else {
                    guard isAfterLetter, isMark(scalar) else { return false }
                }
            }
            hasLetter = hasLetter || isAfterLetter
        }
        return hasLetter
    }

    /// Anything that is seen, and spaces between. Joiners and variants that belong to a character before them count as
    /// part of it.
    static func isVisible(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        var isSeen = false
        var isAfterSeen = false
        while index < range.upperBound {
            if bytes[index] < 0x80 {
                guard bytes[index] >= .space, bytes[index] != .delete else { return false }
                isAfterSeen = bytes[index] != .space
                isSeen = isSeen || isAfterSeen
                index += 1
                continue
            }
            guard let scalar = UTF8Text.scalar(bytes, at: &index, end: range.upperBound) else { return false }
            let properties = scalar.properties
            switch properties.generalCategory {
            case .spaceSeparator: isAfterSeen = false
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return false
            case _ where scalar == "\u{200C}" || scalar == "\u{200D}" || properties.isVariationSelector:
                guard isAfterSeen else { return false }
            case .format: return false
            default:
                guard !properties.isDefaultIgnorableCodePoint else { return false }
                isSeen = true
                isAfterSeen = true
            }
        }
        return isSeen
    }

    /// The first format that lets a name pass which `rules` refuse; `nil` when none does.
    static func nextFormat(
        for bytes: borrowing RawSpan, _ range: Range<Int>, _ rules: RecordRules
    ) -> RecordRules.NameFormat? {
        switch rules.nameFormat {
        case .ascii where isName(bytes, range, format: .letters, version: rules.version): .letters
        case .ascii, .letters:
            isName(bytes, range, format: .common, version: rules.version)
                ? .common : isVisible(bytes, range) ? .any : nil
        case .common: isVisible(bytes, range) ? .any : nil
        case .any: nil
        }
    }

    /// Apostrophe, hyphen and period.
    private static func isJoint(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "'") || byte == .hyphen || byte == UInt8(ascii: ".")
    }

    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        // Latin letters are most of what stands in names, and asking for properties is slow.
        if (0xC0...0x24F).contains(scalar.value) { return scalar.value != 0xD7 && scalar.value != 0xF7 }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark: true
        default: false
        }
    }
}
