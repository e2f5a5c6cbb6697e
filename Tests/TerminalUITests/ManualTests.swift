import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The manual")
struct ManualTests {
    /// The table stands between two marks; `UPDATE_GOLDENS=1` rewrites it.
    @Test("the manual's table of keys is the one that the screen works with")
    func keys() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Sources/data-connector/data-connector.docc/TheScreen.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- keys -->\n"))
        let end = try #require(text.range(of: "<!-- end of keys -->"))
        let expected = KeyTable.markdown + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
            let new = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected)
            try new.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(text[begin.upperBound..<end.lowerBound] == expected)
        }
    }
}
