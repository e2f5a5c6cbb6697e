import TerminalKit

/// The list of runs (when there are several), and one run.
struct RunLayout {
    /// Empty when there is one run only.
    var list: Rectangle
    /// Whether the list is one row instead of a panel.
    var isStrip: Bool
    var run: Rectangle

    init(_ size: Size, runs: Int) {
        let body = Layout(size).body
        guard runs > 1 else {
            list = body.top(0)
            isStrip = false
            run = body
            return
        }
        isStrip = body.width < 110
        if isStrip {
            list = body.row(0)
            run = body.below(1)
        } else {
            let side = min(44, max(32, body.width * 30 / 100))
            list = body.left(side)
            run = body.after(side)
        }
    }
}
