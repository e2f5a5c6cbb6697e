import DeliveryModel
import TestSupport
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Every size of the terminal", .computing)
struct SizeTests {
    private static var models: [Model] {
        var edit = Fixture.failures()
        _ = update(&edit, .key(.character("e")))
        var help = Fixture.run(runs: 3)
        _ = update(&help, .key(.character("?")))
        var palette = Fixture.history()
        _ = update(&palette, .key(.character(":")))
        var question = Fixture.send()
        _ = update(&question, .key(.character("s")))
        var panel = Fixture.run()
        _ = update(&panel, .key(.character("b")))
        return [
            Fixture.send(), Fixture.run(runs: 3), Fixture.run(), Fixture.failures(), Fixture.history(),
            Fixture.listener(), Fixture.log(), edit, help, palette, question, panel,
        ]
    }

    @Test("from 1×1 to 200×60 and beyond, every screen and overlay fits into its cells")
    func everySize() {
        let widths = Array(1...70) + Array(stride(from: 71, through: 200, by: 7)) + [333, 500]
        let heights = Array(1...26) + [30, 43, 59, 60, 120, 200]
        for (index, model) in Self.models.enumerated() {
            for (step, width) in widths.enumerated() {
                for (other, height) in heights.enumerated() where (step + other + index).isMultiple(of: 41) {
                    var model = model
                    _ = update(&model, .resize(Size(width: width, height: height)))
                    let canvas = view(model)
                    #expect(canvas.cells.count == width * height)
                    if let cursor = canvas.cursor { #expect(canvas.area.contains(cursor)) }
                }
            }
        }
    }

    @Test("below 60×16 q still leaves, and no other key acts")
    func tooSmall() {
        var model = Fixture.send()
        _ = update(&model, .resize(Size(width: 40, height: 10)))
        #expect(update(&model, .key(.character("s"))).isEmpty)
        #expect(model.overlays.isEmpty)
        #expect(update(&model, .key(.character("q"))) == [.exit(.finishInFlight)])
    }

    @Test("below 60×16 a second q leaves active runs, whatever is pasted in between")
    func tooSmallWithRuns() {
        var model = Fixture.run()
        _ = update(&model, .resize(Size(width: 40, height: 10)))
        #expect(update(&model, .paste("qq")).isEmpty && model.overlays.isEmpty)
        #expect(update(&model, .key(.character("q"))).isEmpty)
        #expect(SendTests.text(view(model)).contains("Press q again"))
        var larger = model
        _ = update(&larger, .resize(Size(width: 100, height: 30)))
        #expect(larger.overlays.count == 1, "the question itself")
        var other = model
        _ = update(&other, .key(.character("x")))
        #expect(update(&other, .key(.character("q"))).isEmpty, "asked again")
        #expect(update(&model, .key(.character("q"))) == [.exit(.finishInFlight)])
    }

    @Test("a resize keeps the cursor of the palette in sight: Enter runs what it is on")
    func paletteInSight() {
        var model = Fixture.history(size: Size(width: 132, height: 43))
        _ = update(&model, .key(.character(":")))
        for _ in 0..<12 { _ = update(&model, .key(.down)) }
        _ = update(&model, .resize(Size(width: 60, height: 16)))
        guard case .palette(let palette) = model.overlays.last else { return }
        #expect(palette.cursor.row == 12)
        #expect((palette.cursor.top..<palette.cursor.top + PaletteLayout(model.size).page).contains(12))
    }

    @Test("a resize keeps the cursor in sight")
    func cursorInSight() {
        var model = Fixture.failures(100, size: Size(width: 132, height: 43))
        for _ in 0..<30 { _ = update(&model, .key(.down)) }
        _ = update(&model, .resize(Size(width: 60, height: 16)))
        let cursor = model.failures.cursor
        #expect((cursor.top..<cursor.top + model.page(of: .failures)).contains(cursor.row))
    }
}
