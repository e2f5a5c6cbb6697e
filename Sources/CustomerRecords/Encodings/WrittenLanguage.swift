/// What words of a language, or of languages that are written alike, look like.
struct WrittenLanguage {
    /// Its letters, besides those of ASCII where it is written in Latin letters.
    private let letters: Set<Unicode.Scalar>
    /// Those that make up a good part of any text; empty where the letters alone tell it.
    private let common: Set<Unicode.Scalar>
    private let isLatin: Bool
    /// Writings with thousands of characters are told by ranges.
    private let ranges: [ClosedRange<UInt32>]

    private init(
        _ letters: String, common: String = "", isLatin: Bool = false, ranges: [ClosedRange<UInt32>] = []
    ) {
        self.letters = Set(letters.unicodeScalars)
        self.common = Set(common.unicodeScalars)
        self.isLatin = isLatin
        self.ranges = ranges
    }

    private static func latin(_ small: String) -> WrittenLanguage {
        WrittenLanguage(small + small.uppercased(), isLatin: true)
    }

    /// This much of a text consists of common letters, of which an alphabet has few.
    private var usualShare: Double { ranges.isEmpty ? 0.6 : 0.4 }

    /// How much of a text looks like words of any of the languages, and how much like those of the best one.
    static func score(of pieces: [String], _ languages: [WrittenLanguage]) -> (any: Double, best: Double) {
        var known = [Bool](repeating: false, count: pieces.count)
        var best = 0.0
        for language in languages {
            var words = 0
            var (letters, common) = (0, 0)
            for (index, piece) in pieces.enumerated() where language.isWritten(piece) {
                known[index] = true
                words += 1
                letters += piece.unicodeScalars.count
                common += piece.unicodeScalars.count { language.common.contains($0) }
            }
            var score = Double(words) / Double(pieces.count)
            if !language.common.isEmpty, letters > 0 {
                score *= min(1, Double(common) / Double(letters) / language.usualShare)
            }
            best = max(best, score)
        }
        return (Double(known.count { $0 }) / Double(pieces.count), best)
    }

    /// Whether each word of a piece is made of this language's letters, small and capital ones as in words.
    private func isWritten(_ piece: String) -> Bool {
        let words = piece.unicodeScalars.split { Self.separators.contains($0) }
        return !words.isEmpty && words.allSatisfy { isWord($0) }
    }

    private func isWord(_ word: Substring.UnicodeScalarView) -> Bool {
        var (small, capital, ascii) = (0, 0, 0)
        for scalar in word {
            if scalar.isASCII {
                guard isLatin, scalar.properties.isAlphabetic else { return false }
                ascii += 1
            } else if !letters.contains(scalar), !ranges.contains(where: { $0.contains(scalar.value) }) {
                return false
            }
            if scalar.properties.isUppercase {
                // McDönald has a capital letter inside; a text in the wrong encoding has many.
                guard small == 0 else { return false }
                capital += 1
            } else if scalar.properties.isLowercase {
                guard capital <= 1 else { return false }
                small += 1
            }
        }
        // No Latin language does without the plain letters for long.
        return !isLatin || ascii > 0 || word.count <= 2
    }

    /// What stands between words and in names.
    private static let separators = Set("[]\\^_`{|}~@-.’‘“”„«»–—…·´・＝\u{A0}\u{3000}".unicodeScalars)

    static let western = [
        "éèêëàâçîïôùûüœ’", "äöüß", "áéíóúüñ", "ãõáàâéêíóôúç", "àèéìòù", "åäöæøé", "áéíóúýðþæö", "ëïéèöüá",
    ].map { latin($0) }
    static let central = [
        "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "čćđšž", "ăâîşţ", "äöüß",
    ].map { latin($0) }
    static let baltic = ["ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"].map { latin($0) }
    static let turkish = WrittenLanguage("çğıöşüâîÇĞİÖŞÜÂÎ", isLatin: true)
    static let cyrillic: WrittenLanguage = {
        let small = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўјљњћђџ"
        let common = "оеаинтсрвлкі"
        return WrittenLanguage(small + small.uppercased(), common: common + common.uppercased())
    }()
    static let greek: WrittenLanguage = {
        let small = "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋ"
        let common = "αοιετσνηρςίάό"
        return WrittenLanguage(small + small.uppercased(), common: common + common.uppercased())
    }()
    static let hebrew = WrittenLanguage("אבגדהוזחטיךכלםמןנסעףפץצקרשת׳״", common: "יהולארתבמשנ")
    static let arabic = WrittenLanguage("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگک", common: "المينروبدهعح")
    static let japanese = WrittenLanguage(
        "々〆ー", common: kana + "田中山本川村木高佐藤鈴井上小林加吉渡辺伊松清水斎野原橋石谷口大島西岡子美一郎太和",
        ranges: [0x3041...0x3096, 0x30A1...0x30FA, 0x4E00...0x9FFF])
    static let simplifiedChinese = WrittenLanguage(
        "",
        common: "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
            + "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文建国玉兰红梅小海晓春志",
        ranges: [0x4E00...0x9FFF])
    static let traditionalChinese = WrittenLanguage(
        "",
        common: "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余盧梁趙"
            + "淑美麗雅婷怡君志明家豪俊傑偉惠玉秀英華文建國雄芬玲珍慧小",
        ranges: [0x4E00...0x9FFF])
    static let korean = WrittenLanguage(
        "",
        common: "김이박최정강조윤장임한오서신권황안송전홍민지수현준영은미진성호우재경희하동승원유혜상연아주인기선",
        ranges: [0xAC00...0xD7A3])

    private static let kana = String(
        String.UnicodeScalarView(
            (Array(0x3041...0x3096) + Array(0x30A1...0x30FA)).compactMap { Unicode.Scalar(UInt32($0)) }))
}
