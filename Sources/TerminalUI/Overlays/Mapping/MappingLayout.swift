import TerminalKit

/// The four fields on the left, the file's columns on the right, what comes of it below.
struct MappingLayout {
    /// Rows of the overlay that are fields, the button and Cancel; the columns follow.
    static let useButton = 4
    static let cancelButton = 5
    static let firstColumn = 10

    var window: Size
    var fields: Rectangle
    var columns: Rectangle
    var result: Rectangle
    /// Of the file's columns that are seen at once.
    var page: Int { max(1, columns.height - 1) }

    init(_ size: Size, columns count: Int) {
        let height = min(size.height - 2, max(14, min(26, count + 10)))
        window = Size(width: min(110, size.width - 4), height: height)
        let area = Rectangle(x: 0, y: 0, width: size.width, height: size.height).inset(x: 2, y: 1)
            .centered(width: window.width, height: window.height)
        let content = area.content
        let middle = content.below(content.height > 10 ? 2 : 1)
        let body = middle.top(middle.height - 3)
        let left = min(38, content.width * 4 / 10)
        fields = body.left(left)
        columns = Rectangle(x: body.x + left + 1, y: body.y, width: body.width - left - 1, height: body.height)
        result = middle.below(middle.height - 2)
    }
}
