import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The axes of a graph")
struct AxisGraphTests {
    private func axis(
        _ marks: [AxisGraph.Mark], values: Int = 25, height: Int = 4, maximum: Int = 800
    ) -> [String] {
        var canvas = Canvas(Size(width: 60, height: height))
        AxisGraph.draw(
            &canvas, canvas.area, Array(repeating: maximum, count: values), inks: Ink.heat, marks: marks, end: "now")
        return SendTests.text(canvas).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test("a mark never stands in the middle of a label", arguments: 0...24)
    func marks(_ age: Int) {
        let row = axis([AxisGraph.Mark(age: age, ink: .warning)])[3]
        #expect(row.contains("▲"))
        #expect(row.contains("-25 s") && row.contains("now"))
    }

    @Test("a label without a place is left out, the marks stay")
    func crowded() {
        let row = axis((0...24).map { AxisGraph.Mark(age: $0, ink: .bad, symbol: "✗") })[3]
        #expect(row.contains("✗") && !row.contains("now") && !row.contains("-25"))
    }

    @Test("a tall graph says what its middle is")
    func middle() {
        let rows = axis([], height: 10)
        #expect(rows[0].hasPrefix("800 ") && rows[4].hasPrefix("400 ") && rows[8].hasPrefix("  0 "))
        #expect(rows[9].contains("-25 s"))
        let odd = axis([], height: 10, maximum: 11_000)
        #expect(odd[0].hasPrefix(" 11k ") && odd[4].hasPrefix("5.5k "))
    }

    @Test("the graph of errors has a unit, and events carry the sign of their mark")
    func units() {
        #expect(SendTests.text(view(Fixture.run(size: Size(width: 80, height: 24)))).contains("Errors/s"))
        let wide = SendTests.text(view(Fixture.run(size: Size(width: 132, height: 43))))
        #expect(wide.contains("Errors per second"))
        #expect(wide.contains("12:30:45 ▲ batch 118") && wide.contains("12:30:00 ✗ batch 31"))
    }
}
