import CustomerRecords
import TerminalKit

/// How many records there are of each age, with the filter's bounds below.
enum AgeChart {
    private static let blocks = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    static func draw(_ canvas: inout Canvas, _ area: Rectangle, ages: [Int], filter: AgeFilter?) {
        guard area.height >= 2, area.width >= 12 else { return }
        let chart = area.top(area.height - 1)
        let last = max(100, ages.lastIndex { $0 > 0 } ?? 0)
        // Whole years a column, so that no bar is taller only because it covers more.
        let years = max(1, (last + area.width) / area.width)
        let stretch = max(1, area.width / (last + 1))
        let columns = min(area.width, (last / years + 1) * stretch)
        func bin(_ column: Int) -> Int { column / stretch }
        let bins = (0...(columns - 1) / stretch).map { bin in
            ages[min(ages.count, bin * years)..<min(ages.count, (bin + 1) * years)].reduce(0, +)
        }
        let top = max(1, bins.max() ?? 1)
        let levels = chart.height * 8
        for column in 0..<columns {
            let value = bins[bin(column)]
            let level = value == 0 ? 0 : max(1, value * levels / top)
            let age = bin(column) * years
            let isIn = filter.map { $0.accepts(age) || $0.accepts(age + years - 1) } ?? false
            for row in 0..<chart.height {
                let part = min(8, max(0, level - (chart.height - 1 - row) * 8))
                guard part > 0 else { continue }
                canvas.set(
                    Glyph(text: blocks[part], width: 1), area.x + column, area.y + row, Style(isIn ? .accent : .faint))
            }
        }
        drawBounds(&canvas, area.row(area.height - 1), columns: columns, filter: filter) { age in
            min(columns - 1, max(0, age / years * stretch))
        }
    }

    private static func drawBounds(
        _ canvas: inout Canvas, _ row: Rectangle, columns: Int, filter: AgeFilter?, place: (Int) -> Int
    ) {
        guard let filter else {
            canvas.write("invalid age range", Style(.bad), row)
            return
        }
        let low = place(filter.minimum)
        let high = filter.maximum.map(place) ?? columns - 1
        for x in low...max(low, high) { canvas.set(Glyph(text: "─", width: 1), row.x + x, row.y, .accent) }
        canvas.set(Glyph(text: "╰", width: 1), row.x + low, row.y, .accent)
        if high > low { canvas.set(Glyph(text: "╯", width: 1), row.x + high, row.y, .accent) }
        let lowText = String(filter.minimum)
        let highText = filter.maximum.map(String.init) ?? "none"
        let label = Style(.accent, .bold)
        if high - low > lowText.count + highText.count + 3 {
            canvas.write(
                lowText, label, Rectangle(x: row.x + low + 1, y: row.y, width: lowText.count, height: 1))
            canvas.write(
                highText, label,
                Rectangle(x: row.x + high - highText.count, y: row.y, width: highText.count, height: 1))
        } else {
            let both = "\(lowText)–\(highText)"
            let x = high + 2 + both.count <= row.width ? high + 1 : max(0, low - both.count)
            canvas.write(both, label, Rectangle(x: row.x + x, y: row.y, width: both.count, height: 1))
        }
    }
}
