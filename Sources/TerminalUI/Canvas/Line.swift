/// A piece of text in one style.
struct Span: Hashable, Sendable {
    var text: String
    var style: Style
}

/// A row of text in several styles.
struct Line: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    var spans: [Span]

    init(_ spans: [Span] = []) { self.spans = spans }
    init(_ text: String, _ style: Style = .text) { spans = [Span(text: text, style: style)] }
    init(_ text: String, _ ink: Ink, _ attributes: Attributes = []) { self.init(text, Style(ink, attributes)) }
    init(stringLiteral value: String) { self.init(value) }
    init(arrayLiteral elements: Line...) { spans = elements.flatMap(\.spans) }

    var width: Int { spans.reduce(0) { $0 + SafeText.width($1.text) } }
    var isEmpty: Bool { spans.allSatisfy(\.text.isEmpty) }
    var plain: String { spans.map(\.text).joined() }

    static func + (left: Line, right: Line) -> Line { Line(left.spans + right.spans) }
    static func += (left: inout Line, right: Line) { left.spans += right.spans }

    /// The same text in the colours of a cursor's row, whose own inks would not be readable there.
    func on(_ ground: Ground) -> Line {
        // What stands out by a ground of its own keeps it.
        Line(spans.map { $0.style.ground == .base ? Span(text: $0.text, style: $0.style.on(ground)) : $0 })
    }
    /// Its last piece shortened in the middle where the line is too wide.
    func cutInMiddle(_ columns: Int) -> Line {
        let excess = width - columns
        guard excess > 0, var last = spans.last else { return self }
        last.text = TextFit.middle(last.text, SafeText.width(last.text) - excess)
        return Line(spans.dropLast() + [last])
    }
}

extension Sequence where Element == Line {
    func joined(separator: Line) -> Line {
        var result = Line()
        for line in self where !line.isEmpty {
            if !result.isEmpty { result += separator }
            result += line
        }
        return result
    }

    /// As many of the lines as fit whole, closer together before one is left out; `…` stands for those.
    func fitting(_ columns: Int, separators: [Line] = ["   ", "  ", " "]) -> Line {
        for separator in separators {
            let all = joined(separator: separator)
            if all.width <= columns { return all }
        }
        var result = Line()
        for line in self where !line.isEmpty {
            let longer = result.isEmpty ? line : result + (separators.last ?? " ") + line
            guard longer.width + 2 <= columns else { break }
            result = longer
        }
        return result.isEmpty ? (first { !$0.isEmpty } ?? Line()) : result + Line(" …", .faint)
    }
}
