import CNcurses

import struct Foundation.Data

/// The only code that knows ncurses. It paints canvases and reads keys; it lives on one thread.
package final class NcursesDriver {
    private let isUTF8: Bool
    private let ignoresColor: Bool
    private var palette = Palette.dark
    private var depth = ColorDepth.none
    private var painted: Canvas?
    private var pairs: [ColorPair: Int32] = [:]
    private var decoder = InputDecoder()

    private struct ColorPair: Hashable {
        package var foreground: Int
        package var background: Int
    }

    /// - Parameters:
    ///   - terminal: the terminfo entry; `nil` is `$TERM`'s.
    ///   - entry: a compiled entry in the form that `TERMINFO` takes, used instead of the system's.
    package init?(terminal: String?, entry: String? = nil, isUTF8: Bool, ignoresColor: Bool) {
        if entry == nil || !cn_screen_open_entry(entry) {
            guard cn_screen_open(terminal) else { return nil }
        }
        self.isUTF8 = isUTF8
        self.ignoresColor = ignoresColor
    }

    /// Chooses how colors look from here on; everything is repainted.
    package func use(_ theme: ThemeName) {
        palette = theme.palette
        let colors = cn_screen_colors()
        if ignoresColor || theme == .mono || colors < 8 {
            depth = .none
        } else if cn_screen_has_direct_color() {
            depth = .direct
        } else {
            depth = colors >= 256 ? .indexed : .basic
        }
        painted = nil
    }

    package var size: Size {
        var (height, width): (Int32, Int32) = (0, 0)
        cn_screen_measure(&height, &width)
        return Size(width: Int(width), height: Int(height))
    }

    /// Paints what differs from the last frame.
    package func paint(_ canvas: Canvas) {
        let canvas = isUTF8 ? canvas : canvas.asciiForm()
        let before = painted?.size == canvas.size ? painted : nil
        for y in 0..<canvas.size.height {
            for x in 0..<canvas.size.width {
                let cell = canvas[x, y]
                guard cell.width > 0 else { continue }
                if let before, before[x, y] == cell, before.isWhole(x, y, cell) { continue }
                put(cell, x, y)
            }
        }
        painted = canvas
        if let cursor = canvas.cursor {
            cn_screen_flush(Int32(cursor.y), Int32(cursor.x))
        } else {
            cn_screen_flush(-1, -1)
        }
    }

    private func put(_ cell: Canvas.Cell, _ x: Int, _ y: Int) {
        let look = palette.resolve(cell.style, depth: depth)
        let pair = pair(ColorPair(foreground: look.foreground, background: look.background))
        var scalars = cell.text.unicodeScalars.map(\.value)
        // Where the C library disagrees about a width, the terminal may, too: nothing may break the columns.
        if let first = scalars.first, first > 0x7E, Int(cn_width(first)) != Int(cell.width) { scalars = [0x3F] }
        cn_screen_put(Int32(y), Int32(x), scalars, scalars.count, UInt32(look.attributes.rawValue), pair)
        if cell.width == 2, scalars == [0x3F] { cn_screen_put(Int32(y), Int32(x + 1), [0x20], 1, 0, pair) }
    }

    private func pair(_ colors: ColorPair) -> Int32 {
        if colors.foreground < 0, colors.background < 0 { return 0 }
        if let known = pairs[colors] { return known }
        let number = Int32(pairs.count + 1)
        // A terminal of few pairs shows the rest in its own colors.
        let isMade = cn_screen_pair(number, Int32(colors.foreground), Int32(colors.background))
        if isMade { pairs[colors] = number }
        return isMade ? number : 0
    }

    /// Asks the terminal for the color of its background; the answer comes as input.
    package func askBackground() { write(TerminalBackground.question) }

    /// What the window is called.
    package func setTitle(_ title: String) {
        write("\u{1B}]2;\(SafeText.shown(title, columns: 200))\u{07}")
    }

    /// Progress in the window's tab or the task bar (OSC 9;4): 0…1, `nil` takes it away.
    package func setProgress(_ share: Double?, isWrong: Bool) {
        guard let share else { return write("\u{1B}]9;4;0;0\u{07}") }
        write("\u{1B}]9;4;\(isWrong ? 4 : 1);\(Int(min(1, max(0, share)) * 100))\u{07}")
    }

    /// A message of the desktop (OSC 9 and OSC 777: terminals know one or the other).
    package func notify(_ title: String, _ text: String) {
        let safe = SafeText.shown(text, columns: 200).replacing(";", with: ",")
        write("\u{1B}]9;\(safe)\u{07}\u{1B}]777;notify;\(title);\(safe)\u{07}")
    }

    private func write(_ sequence: String) {
        guard cn_screen_speaks_xterm() else { return }
        let bytes = Array(sequence.utf8)
        bytes.withUnsafeBytes { buffer in
            cn_screen_write(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
    }

    /// Everything that was typed since the last call; `nil` when nothing was.
    package func read() -> [Input]? { decoder.drain() }

    /// Forgets what the terminal shows; the next frame is painted whole.
    package func forget() {
        cn_screen_repaint()
        painted = nil
    }

    package func setMouse(_ on: Bool) { cn_screen_mouse(on) }

    /// Puts text into the clipboard of the terminal (OSC 52).
    package func copy(_ text: String) {
        // Terminals drop sequences beyond 100,000 bytes.
        let encoded = Data(text.utf8.prefix(74_994)).base64EncodedString()
        let bytes = Array("\u{1B}]52;c;\(encoded)\u{07}".utf8)
        bytes.withUnsafeBytes { buffer in
            cn_screen_write(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
    }

    /// Gives the terminal to the shell until the process is continued.
    package func suspend() {
        cn_screen_suspend()
        cn_session_stop()
        resume()
    }

    package func resume() {
        cn_screen_resume()
        painted = nil
    }

    package func close() { cn_screen_close() }
}

extension Canvas {
    /// Whether the cell's second half is as it should be, too.
    fileprivate func isWhole(_ x: Int, _ y: Int, _ cell: Cell) -> Bool {
        cell.width == 1 || (x + 1 < size.width && self[x + 1, y].width == 0)
    }
}
