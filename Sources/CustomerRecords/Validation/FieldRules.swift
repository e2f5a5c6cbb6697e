/// The rules for each field, over the bytes of its content.
enum FieldRules {
    static let greatestAge = 150
    static let greatestBannerID = 99
    static let cookieLengths = 1...256
    /// A record's bytes without its line terminator.
    static let longestRecord = 65_536

    /// Letters and spaces only, at least one letter.
    ///
    /// A combining mark that follows a letter, or another mark of one, is part of that letter: decomposed text is the
    /// same name as composed text, and many scripts write their vowels so.
    static func isName(_ bytes: borrowing RawSpan, _ range: Range<Int>, asciiOnly: Bool) -> Bool {
        var index = range.lowerBound
        if bytes.byteCount - index >= PlainField.longestName,
            PlainField.isName(ByteVector(bytes, at: index), ByteVector(bytes, at: index + 16), length: range.count)
        {
            return true
        }
        var hasLetter = false
        var isAfterLetter = false
        while index < range.upperBound {
            let byte = bytes[index]
            if byte < 0x80 {
                isAfterLetter = byte.isASCIILetter
                guard isAfterLetter || byte == .space else { return false }
                index += 1
            } else {
                guard !asciiOnly, let scalar = UTF8Text.scalar(bytes, at: &index, end: range.upperBound) else {
                    return false
                }
                if !isLetter(scalar) {
                    guard isAfterLetter, isMark(scalar) else { return false }
                }
                isAfterLetter = true
            }
            hasLetter = hasLetter || isAfterLetter
        }
        return hasLetter
    }

    static func age(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Int? {
        number(bytes, range, greatest: greatestAge)
    }

    static func bannerID(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Int? {
        number(bytes, range, greatest: greatestBannerID)
    }

    /// The right length and no white space or control character, Unicode's included.
    static func isCookie(_ bytes: borrowing RawSpan, _ range: Range<Int>, format: RecordRules.CookieFormat) -> Bool {
        guard cookieLengths.contains(range.count) else { return false }
        var index = range.lowerBound
        if bytes.byteCount - index >= PlainField.longestCookie,
            PlainField.isCookie(
                ByteVector(bytes, at: index), ByteVector(bytes, at: index + 16), ByteVector(bytes, at: index + 32),
                length: range.count, format: format)
        {
            return true
        }
        if format == .uuid { return isUUID(bytes, range) }
        while index < range.upperBound {
            let byte = bytes[index]
            if byte < 0x80 {
                guard byte > .space, byte != .delete else { return false }
                index += 1
            } else {
                guard let scalar = UTF8Text.scalar(bytes, at: &index, end: range.upperBound) else { return false }
                let properties = scalar.properties
                guard !properties.isWhitespace, properties.generalCategory != .control else { return false }
            }
        }
        return true
    }

    /// Decimal digits, however many zeros lead them.
    private static func number(_ bytes: borrowing RawSpan, _ range: Range<Int>, greatest: Int) -> Int? {
        guard !range.isEmpty else { return nil }
        var value = 0
        for index in range {
            guard let digit = bytes[index].digit else { return nil }
            value = value * 10 + digit
            guard value <= greatest else { return nil }
        }
        return value
    }

    private static func isUUID(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Bool {
        guard range.count == 36 else { return false }
        for place in 0..<36 {
            let byte = bytes[range.lowerBound + place]
            switch place {
            case 8, 13, 18, 23: guard byte == .hyphen else { return false }
            default: guard byte.digit != nil || (byte | 0x20) &- UInt8(ascii: "a") < 6 else { return false }
            }
        }
        return true
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
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
