import DeliveryModel
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

/// How the rows of one run's panel are divided.
struct RunRows {
    let progress: Int
    let counters: Int
    /// What is left below the counters, the edges included.
    let rest: Int
    let graph: Int

    init(_ run: RunSnapshot, _ model: Model, _ content: Rectangle) {
        progress = ProgressView.rows(run, model, content)
        counters = min(7, max(6, content.height / 4))
        rest = content.height - progress - 1 - counters
        // Graphs get what the events leave: more rows on a bigger screen.
        let isRoomy = content.height >= 26
        graph = rest >= 5 ? max(1, min(isRoomy ? rest * 45 / 100 : (rest - 2) / 2, 14)) : 0
    }

    var events: Int { max(1, rest - (graph > 0 ? 1 + graph : 0) - 1) }
}
