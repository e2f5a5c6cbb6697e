/// A line of text that is being typed.
package struct TextField: Hashable, Sendable {
    private static let maximumCharacters = 8192

    package private(set) var characters: [Character]
    /// Characters before the cursor.
    package private(set) var cursor: Int
    /// Whether all of it is selected, as it is when a field gets the keys: typing replaces it, moving edits it.
    package private(set) var isSelected = false

    package init(_ text: String = "") {
        characters = Array(text.prefix(Self.maximumCharacters))
        cursor = characters.count
    }

    /// The same text, selected.
    package var selected: TextField {
        var field = self
        field.selectAll()
        return field
    }

    package var text: String { String(characters) }
    package var isEmpty: Bool { characters.isEmpty }

    package mutating func set(_ text: String) { self = TextField(text) }

    package mutating func selectAll() {
        isSelected = !characters.isEmpty
        cursor = characters.count
    }

    package mutating func deselect() { isSelected = false }

    package mutating func insert(_ text: some StringProtocol) {
        if isSelected { remove(0..<characters.count) }
        let room = Self.maximumCharacters - characters.count
        let added = Array(text.prefix(max(0, room)))
        characters.insert(contentsOf: added, at: cursor)
        cursor += added.count
    }

    /// Edits with a key.
    /// - Returns: whether the key meant something here.
    package mutating func handle(_ key: Key) -> Bool {
        if isSelected, key == .backspace || key == .delete {
            remove(0..<characters.count)
            return true
        }
        let wasSelected = isSelected
        switch key {
        case .character(let character): insert(String(character))
        case .backspace: if cursor > 0 { remove(cursor - 1..<cursor) }
        case .delete, .control("d"): if cursor < characters.count { remove(cursor..<cursor + 1) }
        // The first move of a selected text goes to its end or beginning, as in every form.
        case .left, .control("b"): cursor = wasSelected ? 0 : max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .control("u"): remove(0..<cursor)
        case .control("k"): remove(cursor..<characters.count)
        case .control("w"): remove(startOfWord..<cursor)
        default: return false
        }
        isSelected = false
        return true
    }

    private var startOfWord: Int {
        var start = cursor
        while start > 0, characters[start - 1] == " " { start -= 1 }
        while start > 0, characters[start - 1] != " ", characters[start - 1] != "/" || start == cursor { start -= 1 }
        return start
    }

    private mutating func remove(_ range: Range<Int>) {
        isSelected = false
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }
}
