import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("What is known of the terminal")
struct TerminalTests {
    @Test("letters and marks that are written apart are shown together, whatever the language")
    func composition() {
        #expect(SafeText.glyphs("Nova\u{301}k").map(\.text) == ["N", "o", "v", "á", "k"])
        #expect(SafeText.shown("\u{1112}\u{1161}\u{11AB}") == "한", "decomposed Hangul")
        #expect(SafeText.width("\u{1112}\u{1161}\u{11AB}") == 2)
        #expect(SafeText.shown("Vie\u{302}\u{323}t") == "Việt")
    }

    @Test("the terminal's answer about its background chooses the theme")
    func background() {
        #expect(TerminalBackground.isLight(answer: "11;rgb:ffff/ffff/ffff") == true)
        #expect(TerminalBackground.isLight(answer: "11;rgb:1414/1616/1b1b") == false)
        #expect(TerminalBackground.isLight(answer: "11;rgba:fd/fd/fe/ff") == true)
        #expect(TerminalBackground.isLight(answer: "10;rgb:ffff/ffff/ffff") == nil)
        #expect(TerminalBackground.isLight(answer: "11;rgb:zz/1/2") == nil)
        var model = Fixture.send()
        #expect(model.shownTheme == .dark)
        _ = update(&model, .background(isLight: true))
        #expect(model.shownTheme == .light)
        _ = update(&model, .key(.character("T")))
        #expect(model.theme == .dark && model.shownTheme == .dark, "what was chosen wins")
    }

    @Test("an answer of the terminal is not a key, in one piece or in several, and Esc is a key all the same")
    func answers() {
        var decoder = InputDecoder()
        func feed(_ text: String) -> [Input] { text.unicodeScalars.flatMap { decoder.take($0.value) } }
        #expect(feed("\u{1B}]11;rgb:ffff/ff").isEmpty)
        #expect(decoder.endEscape().isEmpty, "the rest comes later")
        #expect(feed("ff/ffff\u{07}q") == [.background(isLight: true), .key(.character("q"))])
        #expect(feed("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\") == [.background(isLight: false)])
        #expect(feed("\u{1B}").isEmpty)
        #expect(decoder.endEscape() == [.key(.escape)])
        // Alt-] is no answer, and takes no key with it.
        #expect(feed("\u{1B}]").isEmpty)
        #expect(decoder.endEscape().isEmpty)
        #expect(feed("q\u{1B}]\u{03}\u{1B}]j") == [.key(.character("q")), .key(.control("c")), .key(.character("j"))])
    }

    @Test("an entry with 24-bit colors is made of any other, and says so")
    func directColor() throws {
        // Names, no flags, 14 numbers, no strings: the smallest entry that there is.
        func short(_ value: Int) -> [UInt8] {
            [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        let names = Array("mini|a terminal".utf8) + [0]
        let numbers = (0..<14).flatMap { short($0 == 13 ? 256 : -1) }
        let header = [0o432, names.count, 0, 14, 0, 0].flatMap(short)
        let made = try #require(DirectColor.entry(from: header + names + numbers))
        #expect(made.prefix(2) == [0x1E, 0x02], "numbers of 32 bits")
        let text = String(decoding: made, as: UTF8.self)
        #expect(text.contains("mini|a terminal") && text.contains("[38;2;%p1%{65536}%/%d"))
        #expect(text.hasSuffix("RGB\0"))
        #expect(DirectColor.entry(from: [1, 2, 3]) == nil)
        #expect(DirectColor.entry(from: header + names) == nil, "cut off")
        #expect(
            TerminalCapability.madeDirectColor(environment: ["TERM": "xterm-256color"]) == nil,
            "only where COLORTERM says so")
    }

    @Test("a focused field is selected: typing replaces, arrows edit")
    func selection() {
        var field = TextField("18").selected
        _ = field.handle(.character("2"))
        _ = field.handle(.character("5"))
        #expect(field.text == "25")
        field = TextField("18").selected
        _ = field.handle(.right)
        _ = field.handle(.character("0"))
        #expect(field.text == "180")
        field = TextField("18").selected
        _ = field.handle(.backspace)
        #expect(field.isEmpty)
    }

    @Test("the window's title and progress follow the runs")
    func window() {
        #expect(WindowStatus(Fixture.send()).progress == nil)
        let status = WindowStatus(Fixture.run())
        #expect(status.title == "71% customers-2026-11.csv – data-connector")
        #expect(status.progress == 71)
        #expect(WindowStatus(Fixture.run(.paused)).isHeld)
        #expect(WindowStatus(Fixture.run(.done)).title == "data-connector")
    }

    @Test("short cookies can be told apart, and none is shown whole")
    func cookies() {
        let shown = (1...9).map { FailureText.cookie("bad-\($0)", isUnmasked: false) }
        #expect(Set(shown).count == 9)
        #expect(!shown.contains { $0.contains("bad-") })
        #expect(FailureText.cookie("26555324-53df-4eb1-8835-e6c0078bb2c0", isUnmasked: false) == "26555324…b2c0")
    }

    @Test("a report says what became of the run, with pictures made of text")
    func report() {
        let run = Fixture.snapshot(42, .done)
        let text = RunReport.markdown(run.summary, run, time: LocalTime(zone: .gmt), now: Fixture.now)
        #expect(text.hasPrefix("# Run 42: /home/jan/samples/customers-2026-11.csv\n"))
        #expect(text.contains("| Started | 2026-11-24 12:29:13 |"))
        #expect(text.contains("sent      112,963  ███"))
        #expect(text.contains("## Responses") && text.contains("429"))
        #expect(text.contains("batch 118: 503, attempt 2 of 5"))
    }
}
