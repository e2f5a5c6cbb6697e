import NIOCore

/// The beginning of an answer's body in one line that can do no harm on a screen and gives no secret away.
enum AnswerExcerpt {
    private static let longest = 200

    /// Bytes that are looked at: many more than are shown, since escapes and secrets take room.
    private static let beginning = 4096

    /// - Parameter secrets: what the API may echo and nobody may read.
    static func text(_ whole: ByteBuffer, hiding secrets: [String]) -> String {
        let body = whole.getSlice(at: whole.readerIndex, length: min(whole.readableBytes, beginning)) ?? ByteBuffer()
        let secrets = secrets.filter { !$0.isEmpty }
        let isWritten = secrets.contains { contains(body, $0) }
        // An API that echoes what it was sent may write it in another way.
        let isEscaped = !secrets.isEmpty && ["\\", "%", "&"].contains { contains(body, $0) }
        // As it is with nearly every answer.
        if !isWritten, !isEscaped, isPlain(whole) { return String(decoding: whole.readableBytesView, as: UTF8.self) }
        var text = String(decoding: body.readableBytesView, as: UTF8.self)
        if isWritten { text = hidden(secrets, in: text) }
        if isEscaped {
            for decode in [EscapedText.json, EscapedText.percent, EscapedText.entities] {
                var decoded = text
                // A text in a text in a text.
                for _ in 0..<3 {
                    let next = decode(decoded)
                    if next == decoded { break }
                    decoded = next
                    let bytes = ByteBuffer(string: decoded)
                    if secrets.contains(where: { contains(bytes, $0) }) { text = hidden(secrets, in: decoded) }
                }
            }
        }
        // One that the end of the beginning cuts in two is not recognized.
        if body.readableBytes < whole.readableBytes, let last = text.lastIndex(of: "…") { text = String(text[...last]) }
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

    private static func hidden(_ secrets: [String], in text: String) -> String {
        secrets.reduce(into: text) { $0.replace($1, with: "…") }
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
