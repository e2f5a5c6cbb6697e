import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Text from outside")
struct HostileTextTests {
    @Test(
        "control, direction and invisible characters become visible",
        arguments: [
            ("\u{1B}[31mred", "^[[31mred"), ("a\tb\nc\0", "a^Ib^Jc^@"), ("\u{7F}", "^?"), ("\u{9B}31m", "<9B>31m"),
            ("\u{202E}cod", "<202E>cod"), ("a\u{200B}b", "a<200B>b"), ("\u{FEFF}x", "<FEFF>x"),
            ("👍\u{1F3FD}", "👍<1F3FD>"),
            ("\u{2028}", "<2028>"), ("\u{E0041}", "<E0041>"), ("\u{E000}", "\u{FFFD}"), ("❤\u{FE0F}", "❤<FE0F>"),
            ("🇨🇿", "CZ"), ("Žofie 李", "Žofie 李"), ("e\u{301}", "e\u{301}"), ("\u{301}x", "\u{25CC}\u{301}x"),
        ])
    func visible(_ text: String, _ shown: String) {
        #expect(SafeText.shown(text) == shown)
    }

    @Test("a storm of combining marks is capped, and a field of megabytes costs only what is shown")
    func storms() {
        let storm = "a" + String(repeating: "\u{300}", count: 100_000) + "b"
        let glyphs = SafeText.glyphs(storm, columns: 10)
        #expect(glyphs[0].text.unicodeScalars.count <= 3)
        #expect(SafeText.glyphs(String(repeating: "x", count: 10_000_000), columns: 20).count == 20)
    }

    @Test("cutting keeps within its columns, wide characters or not")
    func cutting() {
        for columns in 0...12 {
            for text in ["李小龍李小龍李小龍", "Žofie Nováková x", "a李b李c李d李", "e\u{301}e\u{301}e\u{301}e\u{301}"] {
                #expect(SafeText.width(TextFit.end(text, columns)) <= columns)
                #expect(SafeText.width(TextFit.middle(text, columns)) <= columns)
                #expect(SafeText.width(TextFit.start(text, columns)) <= columns)
                for line in TextFit.wrap(text, columns) { #expect(SafeText.width(line) <= max(columns, 2)) }
            }
        }
        #expect(TextFit.middle("customers-2026-11.csv", 12) == "custom…1.csv")
    }

    @Test("whatever names, fields and answers hold, no control character reaches the screen and no border moves")
    func fuzz() {
        var random = SeededGenerator(seed: 20_261_124)
        for _ in 0..<20 {
            for size in [Size(width: 60, height: 16), Size(width: 80, height: 24), Size(width: 140, height: 40)] {
                check(Self.hostileSend(size, &random))
                check(Self.hostileFailures(size, &random))
                check(Self.hostileRun(size, &random))
            }
        }
    }

    /// Every cell holds one visible glyph of the width that it claims, and the frame's right border stands.
    private func check(_ model: Model) {
        let canvas = view(model)
        for y in 0..<canvas.size.height {
            var x = 0
            while x < canvas.size.width {
                let cell = canvas[x, y]
                if !Self.isPlain(cell.text) {
                    let glyphs = SafeText.glyphs(cell.text)
                    if glyphs.count != 1 || glyphs[0].text != cell.text {
                        Issue.record("a cell holds \(cell.text.unicodeScalars)")
                    }
                }
                if cell.width != 1, x + 1 >= canvas.size.width || canvas[x + 1, y].width != 0 {
                    Issue.record("a glyph of width \(cell.width) has no room")
                }
                x += max(1, Int(cell.width))
            }
        }
        for y in 2..<canvas.size.height - 3 {
            #expect(["│", "┤", "╮", "╯", "┃"].contains(canvas[canvas.size.width - 1, y].text), "row \(y)")
        }
    }

    /// Most cells hold one printable ASCII character, of which there is nothing to ask.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count == 1 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func hostileSend(_ size: Size, _ random: inout SeededGenerator) -> Model {
        var model = Fixture.model(size: size)
        let entries = (0..<10).map { _ in
            Browser.Entry(name: "x" + random.text() + ".csv", isFolder: false, size: 1, modified: Fixture.now)
        }
        _ = update(&model, .directory(path: "/home/jan/samples", .success(entries)))
        var preview = Fixture.preview
        preview.records = (0..<20).map { line in
            FilePreview.Record(
                line: line,
                fields: RecordFields(
                    name: random.text(), age: random.text(), cookie: random.text(), bannerID: random.text()),
                verdict: .rejected(.malformed))
        }
        if let path = model.send.browser.selectedFile { _ = update(&model, .preview(path: path, .success(preview))) }
        return model
    }

    private static func hostileFailures(_ size: Size, _ random: inout SeededGenerator) -> Model {
        var model = Fixture.model(.failures, size: size)
        let records = (1...40).map { number in
            var record = Fixture.record(number)
            (record.name, record.age, record.cookie) = (random.text(), random.text(), random.text())
            (record.bannerID, record.message, record.raw) = (random.text(), random.text(), random.text())
            record.status = random.text()
            return record
        }
        Fixture.answerFetch(&model, records)
        model.isUnmasked = Bool.random(using: &random)
        return model
    }

    private static func hostileRun(_ size: Size, _ random: inout SeededGenerator) -> Model {
        var model = Fixture.model(.run, size: size)
        var run = Fixture.snapshot(42, .failed(reason: random.text()))
        run.summary.source = .upload(name: random.text())
        run.summary.statuses = [random.text(): 3]
        run.events = (0..<10).map { _ in RunEvent(time: Fixture.now, severity: .error, text: random.text()) }
        _ = update(&model, .engine(Fixture.engine([run])))
        model.toasts = []
        return model
    }
}

extension SeededGenerator {
    /// Text of the kinds that break screens.
    fileprivate mutating func text() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...60, using: &self) {
            let ranges: [ClosedRange<UInt32>] = [
                0x00...0x1F, 0x20...0x7E, 0x20...0x7E, 0x7F...0x9F, 0x300...0x36F, 0x5D0...0x6FF, 0x200B...0x200F,
                0x2028...0x202E, 0x2060...0x206F, 0x4E00...0x4FFF, 0x1100...0x11FF, 0x1F300...0x1F64F,
                0x1F1E6...0x1F1FF,
                0xFE00...0xFE0F, 0xE000...0xE010, 0xE0000...0xE007F, 0x10FFF0...0x10FFFF, 0x20000...0x20010,
            ]
            let value = UInt32.random(in: ranges[Int.random(in: 0..<ranges.count, using: &self)], using: &self)
            if let scalar = Unicode.Scalar(value) { text.append(scalar) }
        }
        return String(text)
    }
}
