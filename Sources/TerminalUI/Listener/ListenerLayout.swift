import TerminalKit

/// The state and the counts on top, the submissions below.
struct ListenerLayout {
    var state: Rectangle
    var requests: Rectangle
    var submissions: Rectangle
    /// The rows of the table of submissions.
    var rows: Rectangle

    init(_ size: Size) {
        let body = Layout(size).body
        let top = body.top(body.height >= 24 ? 9 : 7)
        let width = max(30, top.width * 45 / 100)
        state = top.left(width)
        requests = top.after(width)
        submissions = body.below(top.height)
        rows = submissions.inset(x: 1, y: 1).below(1)
    }
}
