/// A name in a folder: bytes that are nearly always UTF-8, and may be anything but `/` and NUL.
public struct EntryName: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The name as text; `nil` when it is not UTF-8.
    var text: String? { String(validating: bytes, as: UTF8.self) }

    /// One line that is safe on a terminal and in a log.
    public var description: String {
        var line = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// Whether programs give such names to files that are not complete yet, or to none of anybody's business.
    var isTemporary: Bool {
        if bytes.first == UInt8(ascii: ".") || bytes.last == UInt8(ascii: "~") { return true }
        let lowercased = bytes.lowercased
        return Self.temporaryEndings.contains { lowercased.hasSuffix($0) }
    }

    private static let temporaryEndings = [".part", ".tmp", ".filepart", ".crdownload"].map { Array($0.utf8) }

    /// A name that is UTF-8: bytes that aren't are written as `%E9`. The same name when it is UTF-8 already.
    var readable: EntryName {
        guard text == nil else { return self }
        var result: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = rest.lengthOfCharacter
            if length > 0 {
                result += rest.prefix(length)
                rest = rest.dropFirst(length)
            } else {
                let hexadecimal = String(rest.removeFirst(), radix: 16, uppercase: true)
                result += "%\(hexadecimal)".utf8
            }
        }
        return EntryName(result)
    }
}

extension [UInt8] {
    /// ASCII letters only: what is not ASCII is compared as it is.
    var lowercased: [UInt8] { map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 } }

    func hasSuffix(_ suffix: [UInt8]) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }
}

extension ArraySlice<UInt8> {
    /// Bytes of the UTF-8 character at the beginning; 0 when there is none.
    fileprivate var lengthOfCharacter: Int {
        for length in 1...4 where count >= length {
            if let text = String(validating: prefix(length), as: UTF8.self), text.unicodeScalars.count == 1 {
                return length
            }
        }
        return 0
    }
}
