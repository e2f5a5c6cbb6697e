import CustomerRecords
import DeliveryModel

extension Model {
    mutating func click(_ target: Target) -> [Effect] {
        guard !isTooSmall else { return [] }
        if !overlays.isEmpty {
            switch target {
            case .overlayRow(let row): return clickOverlay(row)
            case .backdrop:
                switch overlays.last {
                case .help, .palette, .sandbox: overlays.removeLast()
                default: break
                }
                return []
            default: return []
            }
        }
        switch target {
        case .screen(let screen): return go(to: screen)
        case .action(let action):
            leaveField()
            return perform(action)
        case .row(let row): return clickRow(row)
        case .column(let column): return sort(by: column)
        case .field(let field):
            send.browser.isFiltering = false
            send.field = field
            return []
        default: return []
        }
    }

    private mutating func clickRow(_ row: Int) -> [Effect] {
        leaveField()
        switch screen {
        case .send:
            let isAgain = send.browser.cursor.row == row
            send.browser.isFiltering = false
            send.browser.cursor.moveTo(row, count: send.browser.rows.count, page: page)
            return isAgain ? perform(.open) : selectionChanged()
        case .run:
            let runs = listedRuns
            if runs.indices.contains(row) { run.selected = runs[row].id }
            return []
        case .failures:
            failures.isFiltering = false
            failures.cursor.moveTo(row, count: failures.count, page: page)
            return failureCursorMoved()
        case .history:
            let isAgain = history.cursor.row == row
            history.isFiltering = false
            history.cursor.moveTo(row, count: history.shown(live: engine.runs).count, page: page)
            return isAgain ? perform(.open) : []
        case .listener:
            listener.cursor.moveTo(row, count: listener.snapshot.submissions.count, page: page)
            return []
        case .log:
            log.follows = false
            log.cursor.moveTo(row, count: log.shown.count, page: page)
            return []
        }
    }

    mutating func scroll(_ target: Target?, _ rows: Int) -> [Effect] {
        guard !isTooSmall else { return [] }
        if case .help(var help) = overlays.last {
            help.top = max(0, min(help.top + rows, HelpView.rowCount(self) - 1))
            overlays[overlays.count - 1] = .help(help)
            return []
        }
        guard overlays.isEmpty else { return press(rows < 0 ? .up : .down) }
        switch screen {
        case .send:
            send.browser.cursor.scroll(by: rows, count: send.browser.rows.count, page: page)
            return selectionChanged()
        case .run:
            scrollEvents(rows)
            return []
        case .failures:
            failures.cursor.scroll(by: rows, count: failures.count, page: page)
            return failureCursorMoved()
        case .history:
            history.cursor.scroll(by: rows, count: history.shown(live: engine.runs).count, page: page)
            return loadMoreHistory()
        case .listener:
            listener.cursor.scroll(by: rows, count: listener.snapshot.submissions.count, page: page)
            return []
        case .log:
            log.follows = false
            log.cursor.scroll(by: rows, count: log.shown.count, page: page)
            return []
        }
    }
}
