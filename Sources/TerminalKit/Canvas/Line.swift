/// A piece of text in one style.
package struct Span: Hashable, Sendable {
    package var text: String
    package var style: Style

    package init(text: String, style: Style) {
        self.text = text
        self.style = style
    }
}

/// A row of text in several styles.
package struct Line: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    package var spans: [Span]

    package init(_ spans: [Span] = []) { self.spans = spans }
    package init(_ text: String, _ style: Style = .text) { spans = [Span(text: text, style: style)] }
    package init(_ text: String, _ ink: Ink, _ attributes: Attributes = []) { self.init(text, Style(ink, attributes)) }
    package init(stringLiteral value: String) { self.init(value) }
    package init(arrayLiteral elements: Line...) { spans = elements.flatMap(\.spans) }

    package var width: Int { spans.reduce(0) { $0 + SafeText.width($1.text) } }
    package var isEmpty: Bool { spans.allSatisfy(\.text.isEmpty) }
    package var plain: String { spans.map(\.text).joined() }

    package static func + (left: Line, right: Line) -> Line { Line(left.spans + right.spans) }
    package static func += (left: inout Line, right: Line) { left.spans += right.spans }

    /// The same text in the colors of a cursor's row, whose own inks would not be readable there.
    package func on(_ ground: Ground) -> Line {
        // What stands out by a ground of its own keeps it.
        Line(spans.map { $0.style.ground == .base ? Span(text: $0.text, style: $0.style.on(ground)) : $0 })
    }
    /// Its last piece shortened in the middle where the line is too wide.
    package func cutInMiddle(_ columns: Int) -> Line {
        let excess = width - columns
        guard excess > 0, var last = spans.last else { return self }
        last.text = TextFit.middle(last.text, SafeText.width(last.text) - excess)
        return Line(spans.dropLast() + [last])
    }
}

extension Sequence where Element == Line {
    package func joined(separator: Line) -> Line {
        var result = Line()
        for line in self where !line.isEmpty {
            if !result.isEmpty { result += separator }
            result += line
        }
        return result
    }

    /// As many of the lines as fit whole, closer together before one is left out; `…` stands for those.
    package func fitting(_ columns: Int, separators: [Line] = ["   ", "  ", " "]) -> Line {
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
