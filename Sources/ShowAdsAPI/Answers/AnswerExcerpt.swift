import Foundation
import NIOCore

/// The beginning of an answer's body in one line that can do no harm on a screen and gives no secret away.
enum AnswerExcerpt {
    private static let longest = 200

    /// - Parameter secrets: what the API may echo and nobody may read.
    static func text(_ body: ByteBuffer, hiding secrets: [String]) -> String {
        let isEscaped = contains(body, "\\") || contains(body, "%")
        let secrets = secrets.filter { !$0.isEmpty && (isEscaped || contains(body, $0)) }
        // As it is with nearly every answer.
        if secrets.isEmpty, isPlain(body) { return String(decoding: body.readableBytesView, as: UTF8.self) }
        var text = String(decoding: body.readableBytesView, as: UTF8.self)
        // An API that echoes JSON or a form may write what it was sent in another way.
        if isEscaped, !secrets.isEmpty { text = unescaped(text) }
        for secret in secrets { text.replace(secret, with: "…") }
        if isEscaped {
            for secret in secrets {
                guard let encoded = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else {
                    continue
                }
                text.replace(encoded, with: "…")
                text.replace(
                    encoded.replacing("%2D", with: "-").replacing("%5F", with: "_").replacing("%2E", with: "."),
                    with: "…")
            }
        }
        var line = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars {
            if length == longest { break }
            guard isPrintable(scalar) || (length > 0 && line.last != " ") else { continue }
            line.append(isPrintable(scalar) ? scalar : " ")
            length += 1
        }
        if line.last == " " { line.removeLast() }
        return String(line)
    }

    /// With the escapes of JSON that stand for single characters: `\/` and `\u00fc`.
    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var units: [UInt16] = []
        var rest = Array(text.utf16)[...]
        while let unit = rest.popFirst() {
            guard unit == UInt16(UInt8(ascii: "\\")), let next = rest.first else {
                units.append(unit)
                continue
            }
            if next == UInt16(UInt8(ascii: "/")) {
                units.append(next)
                rest.removeFirst()
            } else if next == UInt16(UInt8(ascii: "u")), rest.count >= 5,
                let value = UInt16(String(decoding: rest.dropFirst().prefix(4), as: UTF16.self), radix: 16)
            {
                units.append(value)
                rest.removeFirst(5)
            } else {
                units.append(unit)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Whether it is one short line of printable ASCII in which no space begins, ends or follows another.
    private static func isPlain(_ body: ByteBuffer) -> Bool {
        guard body.readableBytes <= longest else { return false }
        return body.withUnsafeReadableBytes { bytes in
            var last = UInt8(ascii: " ")
            for byte in bytes {
                guard (0x20..<0x7F).contains(byte), byte != 0x20 || last != 0x20 else { return false }
                last = byte
            }
            return last != 0x20 || bytes.isEmpty
        }
    }

    private static func contains(_ body: ByteBuffer, _ secret: String) -> Bool {
        let secret = Array(secret.utf8)
        guard secret.count <= body.readableBytes else { return false }
        return body.withUnsafeReadableBytes { bytes in
            (0...bytes.count - secret.count).contains { start in
                bytes[start] == secret[0] && bytes[start..<start + secret.count].elementsEqual(secret)
            }
        }
    }

    /// Spaces are none of them, so that a run of anything else becomes one.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        // Asking for properties is slow, and every answer is read so.
        if scalar.isASCII { return scalar.value > 0x20 && scalar.value < 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse,
            .unassigned:
            false
        default: true
        }
    }
}
