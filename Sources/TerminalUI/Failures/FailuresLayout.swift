import TerminalKit

/// The table, and everything about one of its records.
struct FailuresLayout {
    var table: Rectangle
    var detail: Rectangle
    var rows: Rectangle

    /// - Parameter hasDetail: whether there is a record to be told about, and the operator wants it.
    init(_ size: Size, hasDetail: Bool) {
        let body = Layout(size).body
        if !hasDetail {
            table = body
            detail = body.top(0)
        } else if body.width >= 150 {
            let side = min(64, max(50, body.width * 36 / 100))
            table = body.left(body.width - side)
            detail = body.after(body.width - side)
        } else {
            let rows = body.height >= 20 ? 8 : 6
            table = body.top(body.height - rows)
            detail = body.below(body.height - rows)
        }
        // The head of the table is its first row.
        rows = table.inset(x: 1, y: 1).below(1)
    }
}
