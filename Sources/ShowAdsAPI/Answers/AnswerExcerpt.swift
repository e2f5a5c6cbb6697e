import NIOCore

/// The beginning of an answer's body in one line that can do no harm on a screen and gives no secret away.
enum AnswerExcerpt {
    private static let longest = 200

    /// - Parameter secrets: what the API may echo and nobody may read.
    static func text(_ body: ByteBuffer, hiding secrets: [String]) -> String {
        if body.readableBytes == 0 { return "" }
        var text = String(decoding: body.readableBytesView, as: UTF8.self)
        // Replacing takes its time, and most answers are shorter than a token.
        for secret in secrets where !secret.isEmpty && secret.utf8.count <= body.readableBytes {
            text.replace(secret, with: "…")
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
