/// Encodings by the names that a sender gives them.
public enum TextEncodings {
    static let utf16LittleEndian = "UTF-16LE"
    static let utf16BigEndian = "UTF-16BE"

    /// Whether text in this encoding can be read.
    public static func isKnown(_ name: String) -> Bool { fault(name) == nil }

    /// Why text can't be read in this encoding, in one line that begins with its name; `nil` when it can.
    public static func fault(_ name: String) -> String? {
        let encoding = EncodingName(name)
        let shown = "“\(SourceFormatError.shown(name))”"
        guard let resolved = encoding.resolved else {
            let hint = encoding.nearest.map { "Did you mean \($0)? " } ?? ""
            return "\(shown) is not supported. \(hint)`iconv -l` lists the supported encodings."
        }
        guard let change = ASCIIChange(resolved) else { return nil }
        return "\(shown) reads \(change), which would change cookies. Save the file as UTF-8, and send it without "
            + "specifying an encoding."
    }
}

/// A character of ASCII that an encoding reads as another one, though it reads digits as they are: `\` is ₩ in Johab,
/// and `[` is Ä in the German ISO 646. In EBCDIC and UTF-16 all bytes differ, which is the reason to name them.
private struct ASCIIChange: CustomStringConvertible {
    private let byte: UInt8
    private let read: [UInt8]

    init?(_ encoding: String) {
        let letters = EncodingName(encoding).letters
        // It writes `+` in another way on purpose.
        guard !letters.contains("UTF7") else { return nil }
        let digits = Array("0123456789".utf8)
        let all: [UInt8] = [0x09, .lineFeed, .carriageReturn] + Array(UInt8.space..<UInt8.delete)
        guard TextConverter.decode(digits, encoding) == digits, TextConverter.decode(all, encoding) != all else {
            return nil
        }
        let changed = all.lazy.map { ($0, TextConverter.decode([$0], encoding) ?? []) }.first { $0.1 != [$0.0] }
        guard let changed else { return nil }
        (byte, read) = changed
    }

    var description: String {
        let wanted = "“\(Character(Unicode.Scalar(byte)))”"
        guard let text = String(validating: read, as: UTF8.self), !text.isEmpty else {
            return "\(wanted) as no character"
        }
        return "\(wanted) as “\(text)”"
    }
}
