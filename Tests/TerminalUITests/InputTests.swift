import CNcurses
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Keys, mouse and paste")
struct InputTests {
    private func inputs(_ text: String, to decoder: inout InputDecoder) -> [Input] {
        text.unicodeScalars.compactMap { decoder.takeCharacter($0.value) }
    }

    @Test("control characters are keys")
    func keys() {
        var decoder = InputDecoder()
        #expect(
            inputs("\r\t\u{1B}\u{7F}\u{03}ž", to: &decoder)
                == [
                    .key(.enter), .key(.tab), .key(.escape), .key(.backspace), .key(.control("c")),
                    .key(.character("ž")),
                ])
        #expect(decoder.takeKey(CN_KEY_PAGE_UP) == .key(.pageUp))
        #expect(decoder.takeKey(CN_KEY_F1 + 1) == .key(.function(2)))
    }

    @Test("a mouse report is a press or a turn of the wheel at its place")
    func mouse() {
        var decoder = InputDecoder()
        _ = decoder.takeKey(CN_KEY_MOUSE)
        #expect(inputs("0;300;7M", to: &decoder) == [.press(Point(x: 299, y: 6))])
        _ = decoder.takeKey(CN_KEY_MOUSE)
        #expect(inputs("64;1;1M", to: &decoder) == [.wheel(Point(x: 0, y: 0), -3)])
        _ = decoder.takeKey(CN_KEY_MOUSE)
        #expect(inputs("0;1;1m", to: &decoder).isEmpty, "a release")
        _ = decoder.takeKey(CN_KEY_MOUSE)
        #expect(inputs("0;1xq", to: &decoder) == [.key(.character("x")), .key(.character("q"))], "a broken report")
    }

    @Test("a key that nobody knows means nothing, and Esc is the one that nothing follows")
    func unknownKeys() {
        var decoder = InputDecoder()
        func take(_ text: String) -> [Input] { text.unicodeScalars.flatMap { decoder.take($0.value) } }
        #expect(take("\u{1B}[1;5Q2").last == .key(.character("2")))
        #expect(take("\u{1B}[200;5uq") == [.key(.character("q"))])
        #expect(take("\u{1B}OXj") == [.key(.character("j"))])
        #expect(take("\u{1B}") == [])
        #expect(decoder.endEscape() == [.key(.escape)])
        #expect(take("\u{1B}q") == [.key(.escape), .key(.character("q"))])
        #expect(decoder.endEscape() == [])
    }

    @Test("keys inside of a paste are text")
    func paste() {
        var decoder = InputDecoder()
        #expect(decoder.takeKey(CN_KEY_PASTE_BEGIN) == nil)
        #expect(inputs("q\u{1B}\r\u{03}", to: &decoder).isEmpty)
        #expect(decoder.takeKey(CN_KEY_UP) == nil)
        #expect(decoder.takeKey(CN_KEY_PASTE_END) == .paste("q\u{1B}\n\u{03}"))
        #expect(inputs("q", to: &decoder) == [.key(.character("q"))])
    }

    @Test("the table of wide characters is the C library's")
    func widths() {
        guard cn_locale_is_utf8() else { return }
        for value in stride(from: UInt32(0x300), to: 0x30000, by: 1) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect((cn_width(value) == 2) == WideScalars.contains(scalar), "\(value)")
        }
    }
}

@Suite("Widgets and figures")
struct WidgetTests {
    @Test("a bar that has begun shows it, and is full only when all is done")
    func progress() {
        func bar(_ share: Double) -> String {
            var canvas = Canvas(Size(width: 8, height: 1))
            ProgressBar.draw(&canvas, canvas.area, share: share)
            return (0..<8).map { canvas[$0, 0].text }.joined()
        }
        #expect(bar(0) == "        ")
        #expect(bar(0.0001) == "▏       ")
        #expect(bar(0.5) == "████    ")
        #expect(bar(0.99999) == "███████▉")
        #expect(bar(1) == "████████")
        #expect(bar(.nan) == "        ")
    }

    @Test("the newest value of a graph is on the right, and a single one is not lost among large ones")
    func graph() {
        var canvas = Canvas(Size(width: 3, height: 1))
        Graph.draw(&canvas, canvas.area, [1, 1000], inks: Ink.heat)
        #expect((0..<3).map { canvas[$0, 0].text }.joined() == "⣀⣀⣿")
        Graph.draw(&canvas, canvas.area, [5, 5, 5, 5, 5, 1, 1000], inks: Ink.heat)
        #expect((0..<3).map { canvas[$0, 0].text }.joined() == "⣀⣀⣸", "older values are left out")
    }

    @Test("columns give way by importance when the space is short")
    func columns() {
        let columns = [
            TableColumn(title: "a", width: 10, growth: 1), TableColumn(title: "b", width: 10, importance: 2),
            TableColumn(title: "c", width: 10, importance: 1),
        ]
        #expect(Table.widths(columns, 34) == [10, 10, 10])
        #expect(Table.widths(columns, 40) == [16, 10, 10])
        #expect(Table.widths(columns, 33) == [21, 0, 10])
        #expect(Table.widths(columns, 5) == [10, 0, 0])
    }

    @Test("figures are short and never claim what is not so")
    func figures() {
        #expect(NumberText.count(1_234_567) == "1,234,567")
        #expect(NumberText.bytes(999) == "999 B")
        #expect(NumberText.bytes(1_104_332) == "1.1 MB")
        #expect(NumberText.bytes(999_999) == "1.0 MB")
        #expect(NumberText.percent(0.9999) == "99%")
        #expect(NumberText.duration(1.94) == "1.9 s")
        #expect(NumberText.span(245) == "4m 05s")
        #expect(NumberText.duration(.infinity) == "–")
    }
}
