import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func click(_ target: Target) -> [Effect] {
        guard !isTooSmall else { return [] }
        if !overlays.isEmpty {
            switch target {
            case .overlayRow(let row): return clickOverlay(row)
            case .backdrop:
                switch overlays.last {
                case .help, .palette, .sandbox, .audit: overlays.removeLast()
                // What was typed or chosen there is not lost to a click.
                case .settings, .confirmation, .edit, .path, .mapping, .inspector, .fix, .encoding, .profiles, .erasure,
                    nil:
                    break
                }
                return []
            case .screen, .action, .row, .list, .column, .field, .facet, .overlay: return []
            }
        }
        switch target {
        case .screen(let screen): return go(to: screen)
        case .action(let action):
            leaveField()
            return perform(action)
        case .row(let row): return clickRow(row)
        case .column(let column): return sort(by: column)
        case .facet(let row): return chooseFacet(row)
        case .field(let field):
            send.browser.isFiltering = false
            focus(field)
            return []
        case .list, .overlayRow, .overlay, .backdrop: return []
        }
    }

    private mutating func clickRow(_ row: Int) -> [Effect] {
        leaveField()
        return screen.place.click(row: row, &self)
    }

    mutating func scroll(_ target: Target?, _ rows: Int) -> [Effect] {
        guard !isTooSmall else { return [] }
        if case .help(var help) = overlays.last {
            help.top = max(0, min(help.top + rows, HelpLayout.rows(self).count - 1))
            overlays[overlays.count - 1] = .help(help)
            return []
        }
        guard overlays.isEmpty else { return press(rows < 0 ? .up : .down) }
        return screen.place.scroll(rows, &self)
    }
}
