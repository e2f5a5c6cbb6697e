import TerminalKit

/// The browser on the left with its fields below, the file on the right with its dry run below.
struct SendLayout {
    var browser: Rectangle
    var file: Rectangle
    /// Rows of the two parts, without borders and dividers.
    var list: Rectangle
    var fields: Rectangle
    var preview: Rectangle
    var dryRun: Rectangle
    /// One row below everything else; empty when no folder is watched.
    var dropFolder: Rectangle

    init(_ model: Model) {
        let all = Layout(model.size).body
        let body = model.send.dropFolder == nil ? all : all.top(all.height - 1)
        dropFolder = all.below(body.height)
        let left = min(64, max(30, body.width * 38 / 100))
        browser = body.left(left)
        file = body.after(left)
        let inside = browser.inset(x: 1, y: 1)
        let fieldRows = Self.fields(inside.inset(x: 1).width).count
        list = inside.top(inside.height - fieldRows - 1)
        fields = inside.below(inside.height - fieldRows).inset(x: 1)
        let content = file.content
        let counted = body.height >= 30 ? 10 : body.height >= 20 ? 7 : 5
        preview = content.top(content.height - counted - 1)
        dryRun = content.below(content.height - counted)
    }

    /// From this width on two fields with names of whole words stand side by side.
    static func isWide(_ width: Int) -> Bool { width / 2 >= 22 }

    /// The fields row by row, in so many columns.
    static func fields(_ width: Int) -> [[SendModel.Field]] {
        [[.minimumAge, .maximumAge], [.concurrency, .rate], [.window]]
            + (isWide(width) ? [[.dailyLimit, .onlyNew]] : [[.dailyLimit], [.onlyNew]])
    }
}
