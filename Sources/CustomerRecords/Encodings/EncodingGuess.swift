/// The encoding that text seems to have which is not UTF-8.
///
/// What was seen is read in each encoding, and the one is taken in which it looks most like words of one language. It is
/// named only when nearly all of it does, and when no other encoding reads it as well and differently: a wrong name is
/// worse than none.
public enum EncodingGuess: String, Hashable, Sendable, CaseIterable {
    case windows1252 = "windows-1252"
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case macRoman = "macintosh"
    case windows1253 = "windows-1253"
    case windows1254 = "windows-1254"
    case windows1255 = "windows-1255"
    case windows1256 = "windows-1256"
    case windows1257 = "windows-1257"
    case koi8 = "koi8-r"
    case shiftJIS = "shift_jis"
    case eucJP = "euc-jp"
    case gb18030
    case big5
    case eucKR = "euc-kr"

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
        case .windows1253: "Windows-1253"
        case .windows1254: "Windows-1254"
        case .windows1255: "Windows-1255"
        case .windows1256: "Windows-1256"
        case .windows1257: "Windows-1257"
        case .koi8: "KOI8-R"
        case .shiftJIS: "Shift JIS"
        case .eucJP: "EUC-JP"
        case .gb18030: "GB 18030"
        case .big5: "Big5"
        case .eucKR: "EUC-KR"
        }
    }

    /// The name under which the C library reads it strictly: the national standards without what later ones added, in
    /// which nearly any bytes would be characters.
    private var strictName: String {
        switch self {
        case .shiftJIS: "CP932"
        case .gb18030: "EUC-CN"
        default: rawValue
        }
    }

    private var languages: [WrittenLanguage] {
        switch self {
        case .windows1252, .macRoman: WrittenLanguage.western
        case .windows1250: WrittenLanguage.central
        case .windows1251, .koi8: [.cyrillic]
        case .windows1253: [.greek]
        case .windows1254: [.turkish]
        case .windows1255: [.hebrew]
        case .windows1256: [.arabic]
        case .windows1257: WrittenLanguage.baltic
        case .shiftJIS, .eucJP: [.japanese]
        case .gb18030: [.simplifiedChinese]
        case .big5: [.traditionalChinese]
        case .eucKR: [.korean]
        }
    }

    /// How much rarer it is than the most common one: of two that explain a text equally well, it is the other.
    private var weight: Double {
        switch self {
        case .windows1252: 1
        case .windows1250, .windows1251, .windows1253, .shiftJIS, .gb18030, .big5, .eucKR: 0.95
        case .macRoman, .windows1254, .windows1255, .windows1256, .windows1257, .koi8, .eucJP: 0.9
        }
    }

    /// So much of a text has to be words, and so much less the next best encoding has to explain.
    private static let certain = 0.8
    private static let distance = 0.97

    init?(_ sample: ForeignText) {
        guard !sample.isEmpty else { return nil }
        var best: (guess: EncodingGuess, score: Double, text: [String])?
        var others: [(score: Double, text: [String])] = []
        for guess in Self.allCases {
            guard let text = sample.text(in: guess.strictName) else { continue }
            let (share, score) = WrittenLanguage.score(of: text, guess.languages)
            guard share >= Self.certain else { continue }
            let weighted = score * guess.weight
            if weighted > best?.score ?? 0 {
                if let best { others.append((best.score, best.text)) }
                best = (guess, weighted, text)
            } else {
                others.append((weighted, text))
            }
        }
        guard let best else { return nil }
        if others.contains(where: { $0.score > best.score * Self.distance && $0.text != best.text }) { return nil }
        self = best.guess
    }
}
