import CustomerRecords
import DeliveryModel
import TerminalKit

/// What a reader decided by itself and what looks odd, in the words of the screen.
enum NoticeText {
    /// What may be wrong comes first; `…` says that there is more.
    /// - Parameter isSent: of a run, whose file is read otherwise only when it is sent again.
    static func lines(_ notices: [Notice], maximum: Int, isSent: Bool = false) -> [Line] {
        // The line on the file tells the delimiter and the header already.
        let told: Set<Notice.Code> = [.delimiter, .noRecords]
        let all = notices.filter { !told.contains($0.code) }
        let ordered = all.filter { !$0.isInformative } + all.filter(\.isInformative)
        let lines = ordered.map { line($0, isSent: isSent) }
        guard lines.count > maximum, maximum > 0 else { return Array(lines.prefix(maximum)) }
        return lines.prefix(maximum - 1) + [lines[maximum - 1] + Line("  +\(lines.count - maximum) more", .dim)]
    }

    static func line(_ notice: Notice, isSent: Bool = false) -> Line {
        [
            notice.isInformative ? Line("· ", .dim) : Line("! ", .warning, .bold),
            Line(words(notice, isSent ? "on Send " : ""), ink(notice)),
        ]
    }

    private static func ink(_ notice: Notice) -> Ink { notice.isInformative ? .dim : .warning }

    /// Options of the command line are keys here.
    /// - Parameter place: where the keys are.
    private static func words(_ notice: Notice, _ place: String) -> String {
        if [.nameFormatLetters, .nameFormatCommon, .nameFormatAny].contains(notice.code) {
            let names = notice.count == 1 ? "1 rejected name" : "\(NumberText.count(notice.count)) rejected names"
            let format = notice.code.rawValue.split(separator: "_").last ?? ""
            return "\(names) would be valid as “\(format)” (F\(place.isEmpty ? "" : " on Send"))"
        }
        if notice.code == .sentBefore {
            return "the same content was sent before\(notice.example.map { " (\($0))" } ?? "")"
        }
        guard notice.code == .notText, notice.example != Notice.isUTF8 else { return notice.text }
        let looks = EncodingGuess(notice).map { " (\($0.label)?)" } ?? ""
        return "\(NumberText.count(notice.count)) not UTF-8\(looks); press E \(place)to set the encoding"
    }
}
