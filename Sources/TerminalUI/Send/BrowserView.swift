import CustomerRecords
import DeliveryModel
import TerminalKit

/// Folders and CSV files.
enum BrowserView {
    static func draw(_ model: Model, _ canvas: inout Canvas, _ layout: SendLayout) {
        let browser = model.send.browser
        let hasKeys = model.send.field == nil && model.overlays.isEmpty
        let room = layout.browser.width - 8
        canvas.panel(layout.browser, title(browser, room, model), right: counts(browser, room), isFocused: hasKeys)
        canvas.addRegion(layout.browser, .list)
        let list = layout.list
        if let problem = browser.problem {
            for (index, text) in TextFit.wrap(problem, list.width - 2).prefix(list.height).enumerated() {
                canvas.write(text, Style(.bad), list.row(index).inset(x: 1))
            }
            return
        }
        if browser.rows.isEmpty || browser.count.files == 0, browser.rows.count < list.height {
            let text = browser.isLoading ? "reading…" : browser.filter.isEmpty ? "No CSV files here" : "No matches"
            canvas.write(text, .dim, list.row(browser.rows.count).inset(x: 2))
        }
        let hasDate = list.width >= 44
        var columns = [
            TableColumn(title: "", width: 8, growth: 1, cutsMiddle: true),
            TableColumn(title: "", width: 7, alignment: .right),
        ]
        // Names say more than sizes: where one of those in sight is too long, it has the place of its size.
        let shown = browser.rows.dropFirst(browser.cursor.top).prefix(list.height)
        if !hasDate, shown.contains(where: { nameWidth($0) > list.width - 11 }) { columns.removeLast() }
        if hasDate { columns.append(TableColumn(title: "", width: 9, alignment: .right)) }
        let table = Table(
            columns: columns, count: browser.rows.count, cursor: browser.cursor, isFocused: hasKeys, hasHead: false
        ) { index in
            Array(cells(browser.rows[index], model, width: list.width).prefix(columns.count))
        }
        table.draw(&canvas, list)
    }

    private static func nameWidth(_ row: Browser.Row) -> Int {
        switch row {
        case .entry(let entry): entry.isFolder ? 0 : SafeText.width(entry.name) + 2
        case .recent(let path): SafeText.width(Model.name(of: path)) + 2
        case .parent: 0
        }
    }

    private static func title(_ browser: Browser, _ room: Int, _ model: Model) -> Line {
        if browser.isFiltering || !browser.filter.isEmpty {
            let cursor = browser.isFiltering ? "▏" : ""
            return [
                Line("/ ", .accent, .bold), Line(TextFit.start(browser.filter.text, max(4, room - 12)), .bright),
                Line(cursor, .accent),
            ]
        }
        let home = model.setup.home
        var path = browser.directory
        if path == home || path.hasPrefix(home + "/"), home != "/" { path = "~" + path.dropFirst(home.count) }
        return Line(TextFit.start(path, hasCounts(room) ? room - 10 : room), .bright, .bold)
    }

    private static func hasCounts(_ room: Int) -> Bool { room > 26 }

    private static func counts(_ browser: Browser, _ room: Int) -> Line {
        if browser.isLoading { return Line("…", .dim) }
        if !browser.filter.isEmpty {
            return Line(browser.rows.count == 1 ? "1 match" : "\(NumberText.count(browser.rows.count)) matches", .dim)
        }
        let files = browser.count.files
        guard hasCounts(room) else { return Line() }
        return Line(files == 1 ? "1 file" : "\(NumberText.count(files)) files", .dim)
    }

    private static func cells(_ row: Browser.Row, _ model: Model, width: Int) -> [Line] {
        switch row {
        case .recent(let path):
            let folder = Model.name(of: Model.parent(of: path))
            return [
                [Line("↺ ", .mark), Line(Model.name(of: path))], Line("recent", .dim),
                Line(TextFit.end(folder, 9), .dim),
            ]
        case .parent: return [Line("  ..", .dim), Line(), Line()]
        case .entry(let entry) where entry.isFolder:
            return [
                [Line("▸ ", .accent), Line(entry.name + "/", .accent)], Line(),
                Line(model.time.day(entry.modified, now: model.now), .faint),
            ]
        case .entry(let entry):
            return [
                [badge(entry, model), Line(entry.name)], Line(NumberText.bytes(entry.size), .dim),
                Line(model.time.day(entry.modified, now: model.now), .dim),
            ]
        }
    }

    /// Whether the file was sent as it is now: ✓ sent, ! sent in part, ● being sent, ◆ stopped on the way.
    private static func badge(_ entry: Browser.Entry, _ model: Model) -> Line {
        let path = model.send.browser.path(of: entry.name)
        guard let run = model.sentBefore(path, entry.version) else { return Line("  ") }
        if run.state.isActive { return Line("● ", .accent) }
        return run.state == .done
            ? Line(RunText.symbol(run) + " ", RunText.ink(run)) : Line("◆ ", .warning)
    }
}
