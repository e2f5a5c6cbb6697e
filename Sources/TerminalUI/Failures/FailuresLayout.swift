import TerminalKit

/// The facets, the table, and everything about one of its records.
struct FailuresLayout {
    var facets: Rectangle
    var table: Rectangle
    var detail: Rectangle
    var rows: Rectangle

    /// - Parameters:
    ///   - hasDetail: whether there is a record to be told about, and the operator wants it.
    ///   - hasFacets: whether the facets have the keys; wide screens show them always.
    init(_ size: Size, hasDetail: Bool, hasFacets: Bool = false) {
        let body = Layout(size).body
        let isWide = body.width >= 120
        facets = isWide || hasFacets ? body.left(isWide ? min(34, max(26, body.width / 6)) : 26) : body.left(0)
        // Where there is no room beside the table, the facets lie over it.
        let rest = isWide || hasFacets && body.width >= 84 ? body.after(facets.width) : body
        if !hasDetail {
            table = rest
            detail = rest.top(0)
        } else if rest.width >= 170 {
            let side = min(64, max(50, rest.width * 32 / 100))
            table = rest.left(rest.width - side)
            detail = rest.after(rest.width - side)
        } else {
            let rows = rest.height >= 20 ? 8 : 6
            table = rest.top(rest.height - rows)
            detail = rest.below(rest.height - rows)
        }
        // The head of the table is its first row.
        rows = table.inset(x: 1, y: 1).below(1)
    }
}
