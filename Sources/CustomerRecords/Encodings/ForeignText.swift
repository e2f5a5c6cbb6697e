/// Text beyond ASCII that is not UTF-8, in the pieces in which it stood.
struct ForeignText: Sendable {
    private static let maximumPieces = 400
    private static let longestPiece = 64

    private var pieces: [[UInt8]] = []
    /// How many pieces beyond ASCII were UTF-8: where they prevail, the others are damaged, and tell no encoding.
    private var readable = 0
    /// How many pieces there were when it was last asked for its encoding.
    private var asked = 0

    var isEmpty: Bool { pieces.isEmpty }
    private(set) var guess: EncodingGuess?

    /// Adds what stands in a range, as long as there is room. What is UTF-8 is left out.
    mutating func add(_ bytes: borrowing RawSpan, _ range: Range<Int>, delimiter: UInt8) {
        var start = range.lowerBound
        var isForeign = false
        for index in range.lowerBound...range.upperBound {
            guard pieces.count < Self.maximumPieces else { return }
            let byte = index < range.upperBound ? bytes[index] : 0
            // Characters of two bytes may have a letter or `[` as the second one, but nothing below.
            if byte >= 0x40, byte != delimiter {
                isForeign = isForeign || byte >= 0x80
                continue
            }
            if isForeign, index - start <= Self.longestPiece {
                let piece = (start..<index).map { bytes[$0] }
                if String(validating: piece, as: UTF8.self) == nil { pieces.append(piece) } else { readable += 1 }
            }
            start = index + 1
            isForeign = false
        }
    }

    /// Looks for the encoding again when there is twice as much to tell it by.
    mutating func guessAgain() {
        guard asked == 0 || pieces.count >= asked * 2 else { return }
        asked = pieces.count
        guess = readable < pieces.count ? EncodingGuess(self) : nil
    }

    /// Each piece as it reads in an encoding; `nil` when the C library doesn't know it.
    func text(in encoding: String) -> [String]? {
        let joined = Array(pieces.joined(separator: [.lineFeed]))
        guard let bytes = TextConverter.decode(joined, encoding) else { return nil }
        // What is not a character there is no letter of any language either.
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.count == pieces.count ? lines : nil
    }
}
