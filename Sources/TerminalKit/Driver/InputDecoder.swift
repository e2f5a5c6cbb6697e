import CNcurses

/// What came from the terminal.
package enum Input: Hashable, Sendable {
    case key(Key)
    case paste(String)
    /// A press of the left button.
    case press(Point)
    /// Rows that the wheel turned; negative is up.
    case wheel(Point, Int)
    /// What the terminal answered about the color of its background.
    case background(isLight: Bool)
}

/// Makes keys, mouse reports and pastes of what ncurses reads.
package struct InputDecoder {
    private static let maximumPasted = 1 << 20

    /// The text of a paste that has begun.
    private var paste: String.UnicodeScalarView?
    /// The numbers of a mouse report that has begun.
    private var mouse: [UInt32]?
    private var sequence = Sequence.none

    /// A key that ncurses doesn't know arrives as characters: ESC, `[` or `O`, parameters and a letter.
    private enum Sequence { case none, escape, parameters, letter, command, commandEscape }
    /// The answer of the terminal to a question (OSC), as far as it has come.
    private var command = String.UnicodeScalarView()
    private static let longestCommand = 256

    /// Everything that waits to be read.
    /// - Returns: `nil` when that is nothing at all; what was read may still mean nothing.
    package mutating func drain() -> [Input]? {
        var inputs: [Input] = []
        var value: UInt32 = 0
        var hasRead = false
        while true {
            let kind = Int(cn_screen_read(&value))
            if kind == CN_NOTHING {
                inputs += endEscape()
                return hasRead || !inputs.isEmpty ? inputs : nil
            }
            hasRead = true
            if kind == CN_KEY {
                inputs += endEscape()
                if let input = takeKey(Int(value)) { inputs.append(input) }
            } else {
                inputs += take(value)
            }
        }
    }

    /// Takes a character; one of a key that nobody knows means nothing, instead of what its letters mean.
    package mutating func take(_ value: UInt32) -> [Input] {
        let isKey = paste == nil && mouse == nil
        switch (sequence, Unicode.Scalar(value)) {
        case (.none, "\u{1B}") where isKey:
            sequence = .escape
            return []
        case (.escape, "["):
            sequence = .parameters
            return []
        case (.escape, "]"):
            sequence = .command
            command = String.UnicodeScalarView()
            return []
        case (.command, "\u{1B}"):
            sequence = .commandEscape
            return []
        case (.command, "\u{07}"), (.commandEscape, _): return endCommand()
        // An answer begins with a number and is plain text: this is Alt-], and then another key.
        case (.command, let scalar?) where scalar.value < 0x20 || command.isEmpty && !("0"..."9").contains(scalar):
            sequence = .none
            return take(value)
        case (.command, let scalar?):
            command.append(scalar)
            if command.count > Self.longestCommand { sequence = .none }
            return []
        case (.command, nil): return []
        case (.escape, "O"):
            sequence = .letter
            return []
        case (.parameters, let scalar?) where (0x20...0x3F).contains(scalar.value): return []
        case (.parameters, _), (.letter, _):
            sequence = .none
            return []
        case (.escape, _): return endEscape() + take(value)
        default: return takeCharacter(value).map { [$0] } ?? []
        }
    }

    /// Nothing followed, so that it was the Esc key.
    package mutating func endEscape() -> [Input] {
        // An answer of the terminal may come in pieces.
        if sequence == .commandEscape || sequence == .command && !command.isEmpty { return [] }
        defer { sequence = .none }
        return sequence == .escape ? [.key(.escape)] : []
    }

    package mutating func takeKey(_ code: Int) -> Input? {
        if code == CN_KEY_PASTE_BEGIN {
            paste = String.UnicodeScalarView()
            return nil
        }
        if code == CN_KEY_PASTE_END {
            defer { paste = nil }
            return paste.map { .paste(String($0)) }
        }
        // Keys inside of a paste are text that looks like keys.
        guard paste == nil else { return nil }
        if code == CN_KEY_MOUSE {
            mouse = []
            return nil
        }
        mouse = nil
        return Self.named(code).map { .key($0) }
    }

    package mutating func takeCharacter(_ value: UInt32) -> Input? {
        guard let scalar = Unicode.Scalar(value) else { return nil }
        if paste != nil {
            if let count = paste?.count, count < Self.maximumPasted { paste?.append(scalar == "\r" ? "\n" : scalar) }
            return nil
        }
        if let report = mouse {
            switch scalar {
            case "M", "m":
                mouse = nil
                return Self.report(report, isPress: scalar == "M")
            case "0"..."9", ";":
                if report.count < 32 { mouse?.append(value) } else { mouse = nil }
                return nil
            default: mouse = nil
            }
        }
        return Self.key(scalar).map { .key($0) }
    }

    /// `button;column;row`, both counted from 1.
    private static func report(_ characters: [UInt32], isPress: Bool) -> Input? {
        let text = String(String.UnicodeScalarView(characters.compactMap(Unicode.Scalar.init)))
        let numbers = text.split(separator: ";").compactMap { Int($0) }
        guard numbers.count == 3, isPress else { return nil }
        let point = Point(x: numbers[1] - 1, y: numbers[2] - 1)
        switch numbers[0] & ~0b11100 {
        case 0: return .press(point)
        case 64: return .wheel(point, -3)
        case 65: return .wheel(point, 3)
        default: return nil
        }
    }

    private mutating func endCommand() -> [Input] {
        sequence = .none
        return TerminalBackground.isLight(answer: String(command)).map { [.background(isLight: $0)] } ?? []
    }

    private static func named(_ code: Int) -> Key? {
        let keys: [Int: Key] = [
            CN_KEY_UP: .up, CN_KEY_DOWN: .down, CN_KEY_LEFT: .left, CN_KEY_RIGHT: .right, CN_KEY_HOME: .home,
            CN_KEY_END: .end, CN_KEY_PAGE_UP: .pageUp, CN_KEY_PAGE_DOWN: .pageDown, CN_KEY_BACKSPACE: .backspace,
            CN_KEY_DELETE: .delete, CN_KEY_BACK_TAB: .backTab, CN_KEY_ENTER: .enter,
        ]
        if let key = keys[code] { return key }
        return (CN_KEY_F1..<CN_KEY_F1 + 12).contains(code) ? .function(code - CN_KEY_F1 + 1) : nil
    }

    private static func key(_ scalar: Unicode.Scalar) -> Key? {
        switch scalar.value {
        case 0x0A, 0x0D: .enter
        case 0x09: .tab
        case 0x1B: .escape
        case 0x08, 0x7F: .backspace
        case 0x01...0x1A: .control(Character(Unicode.Scalar(UInt8(scalar.value) + 0x60)))
        case 0..<0x20, 0x80..<0xA0: nil
        default: .character(Character(scalar))
        }
    }
}
