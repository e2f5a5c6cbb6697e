/// The encoding that text seems to have which is not UTF-8.
///
/// Each language writes a few letters beyond ASCII. The encoding is taken under which most of the bytes that were seen
/// are letters of one language.
public enum EncodingGuess: String, Hashable, Sendable, CaseIterable {
    case windows1252 = "windows-1252"
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case macRoman = "macintosh"

    /// What to do about it.
    func advice(_ wording: OptionWording) -> String {
        "the file looks like \(label), see \(wording.value("encoding", rawValue))"
    }

    /// As people call it.
    public var label: String {
        switch self {
        case .windows1252: "Windows-1252"
        case .windows1250: "Windows-1250"
        case .windows1251: "Windows-1251"
        case .macRoman: "Mac Roman"
        }
    }

    private static let western = [
        "éèêëàâçîïôùûüœÉÈÊÀÇÔŒ’", "äöüßÄÖÜ", "áéíóúüñÁÉÍÓÚÑ", "ãõáàâéêíóôúçÃÕÁÀÂÉÊÍÓÔÚÇ", "àèéìòùÀÈÉÌÒÙ",
        "åäöæøéÅÄÖÆØ", "áéíóúýðþæöÁÉÍÓÚÝÐÞÆÖ", "ëïéèöüá",
    ]
    private static let central = [
        "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ", "áäčďéíĺľňóôŕšťúýžÁÄČĎÉÍĹĽŇÓÔŔŠŤÚÝŽ", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
        "áéíóöőúüűÁÉÍÓÖŐÚÜŰ", "čćđšžČĆĐŠŽ", "ăâîşţĂÂÎŞŢ",
    ]
    private static let cyrillic = ["абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁІЇЄҐ"]

    /// The bytes of each language's letters, by encoding, in the order in which they are preferred.
    private static let alphabets: [(guess: EncodingGuess, languages: [Alphabet])] = [
        (.windows1252, western), (.windows1250, central), (.macRoman, western), (.windows1251, cyrillic),
    ].map { guess, languages in (guess, languages.map { Alphabet($0, in: guess) }) }

    private struct Alphabet {
        /// The bytes of its letters, and of the small ones among them.
        private var letters: Set<Int> = []
        private var smallLetters: Set<Int> = []

        init(_ text: String, in encoding: EncodingGuess) {
            for scalar in text.unicodeScalars {
                guard let byte = encoding.byte(of: scalar) else { continue }
                letters.insert(Int(byte) - 0x80)
                if !scalar.properties.isUppercase { smallLetters.insert(Int(byte) - 0x80) }
            }
        }

        func covered(_ sample: Sample) -> Int {
            letters.reduce(0) { $0 + sample.counts[$1] } + smallLetters.reduce(0) { $0 + sample.inner[$1] }
        }
    }

    /// Bytes from 0x80 on that were seen in text.
    struct Sample: Sendable {
        fileprivate var counts = [Int](repeating: 0, count: 128)
        /// Those that follow a small letter, where no capital one stands.
        fileprivate var inner = [Int](repeating: 0, count: 128)

        mutating func add(_ bytes: borrowing RawSpan, _ range: Range<Int>) {
            for index in range where bytes[index] >= 0x80 {
                let isInner = index > range.lowerBound && (0x61...0x7A).contains(bytes[index - 1])
                if isInner { inner[Int(bytes[index]) - 0x80] += 1 } else { counts[Int(bytes[index]) - 0x80] += 1 }
            }
        }
    }

    init?(_ sample: Sample) {
        let total = sample.counts.reduce(0, +) + sample.inner.reduce(0, +)
        guard total > 0 else { return nil }
        var best: (guess: EncodingGuess, covered: Int)?
        for (guess, languages) in Self.alphabets {
            let covered = languages.map { $0.covered(sample) }.max() ?? 0
            if covered > best?.covered ?? 0 { best = (guess, covered) }
        }
        // Of other bytes than letters nothing can be said.
        guard let best, best.covered * 2 > total else { return nil }
        self = best.guess
    }

    /// The byte of a letter in this encoding; `nil` when it has none beyond ASCII.
    private func byte(of scalar: Unicode.Scalar) -> UInt8? {
        let table: [UInt8: Unicode.Scalar] =
            switch self {
            case .windows1252: Self.western1252
            case .windows1250: Self.central1250
            case .windows1251: Self.cyrillic1251
            case .macRoman: Self.roman
            }
        return table.first { $0.value == scalar }?.key
    }

    private static func table(_ start: UInt8, _ letters: String) -> [UInt8: Unicode.Scalar] {
        var table: [UInt8: Unicode.Scalar] = [:]
        for (offset, scalar) in letters.unicodeScalars.enumerated() where scalar != "." {
            table[start + UInt8(offset)] = scalar
        }
        return table
    }

    private static let latin1 = Dictionary(
        uniqueKeysWithValues: (UInt8(0xC0)...0xFF).map { ($0, Unicode.Scalar($0)) })
    private static let western1252 = latin1.merging(
        [0x8A: "Š", 0x8C: "Œ", 0x8E: "Ž", 0x92: "’", 0x9A: "š", 0x9C: "œ", 0x9E: "ž", 0x9F: "Ÿ"]) { $1 }
    private static let central1250 = table(0x8A, "Š.ŚŤŽŹ..........š.śťžź")
        .merging(table(0xA3, "Ł.Ą")) { $1 }.merging([0xAA: "Ş", 0xAF: "Ż", 0xB3: "ł", 0xB9: "ą", 0xBA: "ş"]) { $1 }
        .merging([0xBC: "Ľ", 0xBE: "ľ", 0xBF: "ż"]) { $1 }
        .merging(table(0xC0, "ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ")) { $1 }
    private static let cyrillic1251 = table(0xC0, "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя")
        .merging([0xA8: "Ё", 0xB8: "ё", 0xB2: "І", 0xB3: "і", 0xAF: "Ї", 0xBF: "ї", 0xAA: "Є", 0xBA: "є"]) { $1 }
        .merging([0xA5: "Ґ", 0xB4: "ґ"]) { $1 }
    private static let roman = table(0x80, "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü")
        .merging([0xA7: "ß", 0xAE: "Æ", 0xAF: "Ø", 0xBE: "æ", 0xBF: "ø", 0xCB: "À", 0xCC: "Ã", 0xCD: "Õ"]) { $1 }
        .merging([0xCE: "Œ", 0xCF: "œ", 0xD5: "’", 0xD8: "ÿ", 0xE5: "Â", 0xE6: "Ê", 0xE7: "Á", 0xE8: "Ë"]) { $1 }
        .merging([0xE9: "È", 0xEA: "Í", 0xEB: "Î", 0xEC: "Ï", 0xED: "Ì", 0xEE: "Ó", 0xEF: "Ô", 0xF1: "Ò"]) { $1 }
        .merging([0xF2: "Ú", 0xF3: "Û", 0xF4: "Ù"]) { $1 }

    /// What a text was before its UTF-8 was taken for another encoding and written as UTF-8 again; `nil` when nothing
    /// says that it was.
    static func convertedTwice(_ text: String) -> String? {
        guard text.unicodeScalars.contains(where: { (0xC2...0xF4).contains($0.value) }) else { return nil }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.value < 0x100 {
                bytes.append(UInt8(scalar.value))
            } else if let byte = byte1252[scalar] {
                bytes.append(byte)
            } else {
                return nil
            }
        }
        guard let once = String(validating: bytes, as: UTF8.self), once != text else { return nil }
        return once
    }

    /// Characters that Windows-1252 has where Latin-1 has controls.
    private static let byte1252: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: [
            ("€", 0x80), ("‚", 0x82), ("ƒ", 0x83), ("„", 0x84), ("…", 0x85), ("†", 0x86), ("‡", 0x87), ("ˆ", 0x88),
            ("‰", 0x89), ("Š", 0x8A), ("‹", 0x8B), ("Œ", 0x8C), ("Ž", 0x8E), ("‘", 0x91), ("’", 0x92), ("“", 0x93),
            ("”", 0x94), ("•", 0x95), ("–", 0x96), ("—", 0x97), ("˜", 0x98), ("™", 0x99), ("š", 0x9A), ("›", 0x9B),
            ("œ", 0x9C), ("ž", 0x9E), ("Ÿ", 0x9F),
        ])
}
