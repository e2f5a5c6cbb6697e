import TerminalKit

/// Where things stand on a screen of a size. View and update both ask here: a page down is as long as what is shown.
struct Layout {
    var header: Rectangle
    var body: Rectangle
    var footer: Rectangle

    init(_ size: Size) {
        let all = Rectangle(x: 0, y: 0, width: size.width, height: size.height)
        header = all.row(0)
        body = Rectangle(x: 0, y: 1, width: size.width, height: size.height - 2)
        footer = all.row(size.height - 1)
    }
}

extension Model {
    /// Rows of a screen's list that are seen at once.
    func page(of screen: Screen) -> Int { screen.place.page(self) }
}
