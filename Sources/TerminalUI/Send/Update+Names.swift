import CustomerRecords
import TerminalKit

extension Model {
    /// Reads the selected file with the next wider rule for names, and after the widest with the first again.
    mutating func changeNames() -> [Effect] {
        guard let path = send.browser.selectedFile else { return [] }
        var reading = send.reading(of: path)
        let next: RecordRules.NameFormat =
            switch reading.nameFormat ?? setup.rules.nameFormat {
            case .ascii, .any: .letters
            case .letters: .common
            case .common: .any
            }
        reading.nameFormat = next
        send.readings[path] = reading
        toast(.info, "Valid names: \(next.words)")
        return readAgain(path)
    }

    /// By what rules the records of a file are read.
    func rules(of path: String) -> RecordRules {
        var rules = setup.rules
        if let format = send.reading(of: path).nameFormat { rules.nameFormat = format }
        return rules
    }

    /// Those of the file that is shown.
    var selectedRules: RecordRules { send.browser.selectedFile.map(rules) ?? setup.rules }
}

extension RecordRules.NameFormat {
    /// What a name may hold.
    var words: String {
        switch self {
        case .ascii: "letters A–Z and spaces"
        case .letters: "letters and spaces"
        case .common: "letters, spaces, and ' ’ - ."
        case .any: "any visible characters"
        }
    }
}
