struct Size: Hashable, Sendable {
    var width: Int
    var height: Int
}

struct Point: Hashable, Sendable {
    var x: Int
    var y: Int
}

/// A part of the screen; never of negative size.
struct Rectangle: Hashable, Sendable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    var right: Int { x + width }
    var bottom: Int { y + height }
    var isEmpty: Bool { width == 0 || height == 0 }

    func contains(_ point: Point) -> Bool { point.x >= x && point.x < right && point.y >= y && point.y < bottom }

    func inset(x dx: Int = 0, y dy: Int = 0) -> Rectangle {
        Rectangle(x: x + dx, y: y + dy, width: width - 2 * dx, height: height - 2 * dy)
    }

    /// The inside of a border, with a column of air on both sides.
    var content: Rectangle { inset(x: 2, y: 1) }

    func top(_ rows: Int) -> Rectangle { Rectangle(x: x, y: y, width: width, height: min(rows, height)) }
    func below(_ rows: Int) -> Rectangle {
        Rectangle(x: x, y: y + min(rows, height), width: width, height: height - rows)
    }
    func left(_ columns: Int) -> Rectangle { Rectangle(x: x, y: y, width: min(columns, width), height: height) }
    func after(_ columns: Int) -> Rectangle {
        Rectangle(x: x + min(columns, width), y: y, width: width - columns, height: height)
    }
    func row(_ index: Int) -> Rectangle {
        Rectangle(x: x, y: y + index, width: width, height: index >= 0 && index < height ? 1 : 0)
    }

    func intersection(_ other: Rectangle) -> Rectangle {
        let (left, top) = (max(x, other.x), max(y, other.y))
        return Rectangle(
            x: left, y: top, width: min(right, other.right) - left, height: min(bottom, other.bottom) - top)
    }

    /// A rectangle of this size in the middle, no larger than this one.
    func centred(width wanted: Int, height tall: Int) -> Rectangle {
        let (w, h) = (min(wanted, width), min(tall, height))
        return Rectangle(x: x + (width - w) / 2, y: y + (height - h) / 2, width: w, height: h)
    }
}
