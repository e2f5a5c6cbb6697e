import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

/// Frames that were looked at and found good, as files: what stands in each cell, and in which style.
///
/// With `UPDATE_GOLDENS=1` in the environment they are recorded again; `git diff` shows then what has changed.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")

    static func check(_ canvas: Canvas, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: "\(name)@\(canvas.size.width)x\(canvas.size.height).txt")
        let actual = text(canvas)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
            try actual.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        guard actual != expected else { return }
        let difference = zip(
            actual.split(separator: "\n", omittingEmptySubsequences: false),
            expected.split(separator: "\n", omittingEmptySubsequences: false)
        ).first { $0 != $1 }
        Issue.record(
            """
            \(file.lastPathComponent) differs, first in
            now:    \(difference?.0 ?? "(length)")
            golden: \(difference?.1 ?? "(length)")
            """, sourceLocation: sourceLocation)
    }

    /// The characters, then one letter a cell for its style, then what the letters mean.
    static func text(_ canvas: Canvas) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        var legend: [Style] = []
        var characters = ""
        var styles = ""
        for y in 0..<canvas.size.height {
            for x in 0..<canvas.size.width {
                let cell = canvas[x, y]
                characters += cell.text
                // The style of a blank on the terminal's own ground shows nothing.
                if cell.text == " ", cell.style.ground == .base, !cell.style.attributes.contains(.underline) {
                    styles += " "
                    continue
                }
                let index = legend.firstIndex(of: cell.style) ?? legend.count
                if index == legend.count { legend.append(cell.style) }
                styles.append(letters[index])
            }
            characters += "|\n"
            styles += "|\n"
        }
        let meanings = zip(letters, legend).map { "\($0) \($1.words)" }.joined(separator: "\n")
        let cursor = canvas.cursor.map { "cursor \($0.x),\($0.y)\n" } ?? ""
        return characters + "\n" + styles + "\n" + cursor + meanings + "\n"
    }
}

extension Style {
    fileprivate var words: String {
        let names: [(Attributes, String)] = [
            (.bold, "bold"), (.dim, "dim"), (.underline, "underline"), (.reverse, "reverse"),
        ]
        let attributes = names.filter { self.attributes.contains($0.0) }.map(\.1)
        return (["\(ink)"] + (ground == .base ? [] : ["on \(ground)"]) + attributes).joined(separator: " ")
    }
}
