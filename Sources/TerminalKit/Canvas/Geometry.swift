package struct Size: Hashable, Sendable {
    package var width: Int
    package var height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

package struct Point: Hashable, Sendable {
    package var x: Int
    package var y: Int

    package init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }
}

/// A part of the screen; never of negative size.
package struct Rectangle: Hashable, Sendable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    package var right: Int { x + width }
    package var bottom: Int { y + height }
    package var isEmpty: Bool { width == 0 || height == 0 }

    package func contains(_ point: Point) -> Bool {
        point.x >= x && point.x < right && point.y >= y && point.y < bottom
    }

    package func inset(x dx: Int = 0, y dy: Int = 0) -> Rectangle {
        Rectangle(x: x + dx, y: y + dy, width: width - 2 * dx, height: height - 2 * dy)
    }

    /// The inside of a border, with a column of air on both sides.
    package var content: Rectangle { inset(x: 2, y: 1) }

    package func top(_ rows: Int) -> Rectangle { Rectangle(x: x, y: y, width: width, height: min(rows, height)) }
    package func below(_ rows: Int) -> Rectangle {
        Rectangle(x: x, y: y + min(rows, height), width: width, height: height - rows)
    }
    package func left(_ columns: Int) -> Rectangle { Rectangle(x: x, y: y, width: min(columns, width), height: height) }
    package func after(_ columns: Int) -> Rectangle {
        Rectangle(x: x + min(columns, width), y: y, width: width - columns, height: height)
    }
    package func row(_ index: Int) -> Rectangle {
        Rectangle(x: x, y: y + index, width: width, height: index >= 0 && index < height ? 1 : 0)
    }

    package func intersection(_ other: Rectangle) -> Rectangle {
        let (left, top) = (max(x, other.x), max(y, other.y))
        return Rectangle(
            x: left, y: top, width: min(right, other.right) - left, height: min(bottom, other.bottom) - top)
    }

    /// A rectangle of this size in the middle, no larger than this one.
    package func centered(width wanted: Int, height tall: Int) -> Rectangle {
        let (w, h) = (min(wanted, width), min(tall, height))
        return Rectangle(x: x + (width - w) / 2, y: y + (height - h) / 2, width: w, height: h)
    }
}
