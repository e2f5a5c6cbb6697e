/// What exactly is wrong with a rejected record. The reason is its stable code; the message says the rest.
public enum RecordFault: Hashable, Sendable {
    case tooFewFields(Int, needed: Int)
    case tooManyFields(Int, needed: Int)
    case openQuote
    case textAfterQuote
    /// Bytes that are no text, and what the source's encoding seems to be.
    case notText(EncodingGuess?)
    case null
    case tooLong
    case name
    case age
    case cookie
    case suspiciousCookie(SuspiciousKind)
    case bannerID

    /// What a suspicious cookie looks like.
    public struct SuspiciousKind: Hashable, Sendable {
        let kind: SuspiciousCookie
    }

    static func suspiciousCookie(_ kind: SuspiciousCookie) -> RecordFault {
        .suspiciousCookie(SuspiciousKind(kind: kind))
    }

    public var reason: ReasonCode {
        switch self {
        case .tooFewFields, .tooManyFields, .openQuote, .textAfterQuote, .notText, .null, .tooLong: .malformed
        case .name: .name
        case .age: .age
        case .cookie, .suspiciousCookie: .cookie
        case .bannerID: .bannerID
        }
    }
}

extension CSVDialect {
    /// Whether all four columns are there and valid, however many fields the record has.
    private func isValid(_ raw: UnsafeRawBufferPointer, _ rules: RecordRules) -> Bool {
        guard let fields = fields(of: raw) else { return false }
        return (try? Validation.check(fields, rules: rules, filter: AgeFilter(minimum: 0)).get()) != nil
    }

    /// One line that says what is wrong with a rejected record, and what is expected instead.
    ///
    /// - Parameter raw: the record as a reader handed it on.
    public func message(
        for fault: RecordFault, in raw: UnsafeRawBufferPointer, rules: RecordRules = RecordRules(),
        wording: OptionWording = .commandLine
    ) -> String {
        switch fault {
        case .tooFewFields(let count, let needed):
            return "\(count) \(count == 1 ? "field" : "fields"), \(needed) needed"
                + (isValid(raw, rules) ? "; \(wording.flag("short-rows")) admits it" : "")
        case .tooManyFields(let count, let needed):
            return "\(count) fields, \(needed) needed; a field that contains the delimiter must be in quotes"
        case .openQuote: return "closing quote is missing"
        case .textAfterQuote: return "text after a closing quote; a quote inside quotes must be doubled"
        case .null: return "NUL in column \(column(of: raw) { $0 == 0 })"
        case .tooLong: return "longer than 64 KiB"
        case .notText(let guess): return notText(raw, guess, wording)
        case .name, .age, .cookie, .suspiciousCookie, .bannerID:
            guard let fields = fields(of: raw) else { return fault.reason.explanation(rules) }
            return FieldMessage(fields: fields, rules: rules, wording: wording).text(fault)
        }
    }

    private func notText(
        _ raw: UnsafeRawBufferPointer, _ guess: EncodingGuess?, _ wording: OptionWording
    ) -> String {
        let place = UTF8Text.firstFault(RawSpan(_unsafeBytes: raw), 0..<raw.count) ?? 0
        let column = column(of: raw, at: place)
        if let encoding = decoding.encoding {
            if raw.contains(TextConverter.cutOff) {
                return "the file is cut off inside a character of column \(column); copy or export it again"
            }
            return "a character in column \(column) is not valid \(encoding)"
        }
        guard place < raw.count else { return "not UTF-8" }
        let digits = String(raw[place], radix: 16, uppercase: true)
        let byte = "byte 0x\(digits.count < 2 ? "0" : "")\(digits) in column \(column) is not UTF-8"
        if showsUTF8 {
            return byte + ", though the file is: the record is damaged; correct it, or export the file again"
        }
        guard let guess else {
            return byte + "; export the file as UTF-8, or specify its encoding with \(wording.name("encoding"))"
        }
        return byte + "; " + guess.advice(wording)
    }

    private func column(of raw: UnsafeRawBufferPointer, where isFault: (UInt8) -> Bool) -> Int {
        column(of: raw, at: raw.firstIndex(where: isFault) ?? 0)
    }

    /// The column in which a byte of a record stands, counted from 1.
    private func column(of raw: UnsafeRawBufferPointer, at place: Int) -> Int {
        var isQuoted = false
        var column = 1
        for byte in raw[..<place] {
            if byte == .quote { isQuoted.toggle() }
            if byte == delimiter.byte, !isQuoted { column += 1 }
        }
        return column
    }
}
