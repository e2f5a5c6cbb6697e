/// The rules for each field, over the bytes of its content.
enum FieldRules {
    static let greatestAge = 150
    static let greatestBannerID = 99
    static let cookieLengths = 1...256
    /// A record's bytes without its line terminator.
    static let longestRecord = 65_536

    /// Letters with their combining marks and spaces, at least one letter; and what the format allows beyond.
    ///
    /// A combining mark that follows a letter, or another mark of one, is part of that letter: decomposed text is the
    /// same name as composed text, and many scripts write their vowels so.
    static func isName(_ bytes: borrowing RawSpan, _ range: Range<Int>, _ rules: RecordRules) -> Bool {
        let index = range.lowerBound
        if bytes.byteCount - index >= PlainField.longestName {
            let (v0, v1) = (ByteVector(bytes, at: index), ByteVector(bytes, at: index + 16))
            if PlainField.isName(v0, v1, length: range.count)
                || rules.nameFormat != .ascii && PlainField.isLatinName(v0, v1, length: range.count)
            {
                return true
            }
        }
        return rules.nameFormat == .any
            ? NameRule.isVisible(bytes, range)
            : NameRule.isName(bytes, range, format: rules.nameFormat, version: rules.version)
    }

    static func age(_ bytes: borrowing RawSpan, _ range: Range<Int>, version: Int) -> Int? {
        number(bytes, range, greatest: greatestAge, version: version)
    }

    static func bannerID(_ bytes: borrowing RawSpan, _ range: Range<Int>, version: Int) -> Int? {
        number(bytes, range, greatest: greatestBannerID, version: version)
    }

    /// The right length, and no white space, control or invisible character.
    static func isCookie(_ bytes: borrowing RawSpan, _ range: Range<Int>, _ rules: RecordRules) -> Bool {
        guard cookieLengths.contains(range.count) else { return false }
        let index = range.lowerBound
        if bytes.byteCount - index >= PlainField.longestCookie,
            PlainField.isCookie(
                ByteVector(bytes, at: index), ByteVector(bytes, at: index + 16), ByteVector(bytes, at: index + 32),
                length: range.count, format: rules.cookieFormat)
        {
            return true
        }
        if rules.cookieFormat == .uuid { return isUUID(bytes, range) }
        return firstInvisible(bytes, range, version: rules.version) == nil
    }

    /// The first character that no cookie may have, `nil` for bytes that are no character, and where it stands.
    static func firstInvisible(
        _ bytes: borrowing RawSpan, _ range: Range<Int>, version: Int
    ) -> (scalar: Unicode.Scalar?, place: Int)? {
        var index = range.lowerBound
        var place = 0
        while index < range.upperBound {
            place += 1
            let byte = bytes[index]
            if byte < 0x80 {
                if byte <= .space || byte == .delete { return (Unicode.Scalar(byte), place) }
                index += 1
            } else {
                guard let scalar = UTF8Text.scalar(bytes, at: &index, end: range.upperBound) else {
                    return (nil, place)
                }
                if isInvisible(scalar, version: version) { return (scalar, place) }
            }
        }
        return nil
    }

    private static func isInvisible(_ scalar: Unicode.Scalar, version: Int) -> Bool {
        let properties = scalar.properties
        if properties.isWhitespace || properties.generalCategory == .control { return true }
        guard version >= 2 else { return false }
        // The Braille pattern without dots is as blank as a space.
        return properties.generalCategory == .format || properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}"
    }

    /// Decimal digits, however many zeros lead them, and a fraction of zeros: data frames and spreadsheets write whole
    /// numbers so.
    private static func number(
        _ bytes: borrowing RawSpan, _ range: Range<Int>, greatest: Int, version: Int
    ) -> Int? {
        guard !range.isEmpty else { return nil }
        var value = 0
        for index in range {
            guard let digit = bytes[index].digit else {
                return version >= 2 && index > range.lowerBound && isZeroFraction(bytes, index..<range.upperBound)
                    ? value : nil
            }
            value = value * 10 + digit
            guard value <= greatest else { return nil }
        }
        return value
    }

    /// `.0`; behind a comma three zeros would be a thousand.
    private static func isZeroFraction(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Bool {
        let zeros = range.count - 1
        switch bytes[range.lowerBound] {
        case UInt8(ascii: "."): guard zeros >= 1 else { return false }
        case UInt8(ascii: ","): guard (1...2).contains(zeros) else { return false }
        default: return false
        }
        for index in range.dropFirst() where bytes[index] != .zero { return false }
        return true
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
}
