import DeliveryModel
import Foundation
import TerminalKit

/// The line that says how the drop folder does: `Watch ~/drop · 3 waiting · 2 sending · 41 delivered · 1 failed`.
enum DropFolderView {
    static func draw(_ folder: FolderSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let row = area.inset(x: 1)
        let label = Line("Watch ", .dim)
        if let fault = folder.fault {
            canvas.write(label + Line(TextFit.end(fault, row.width - label.width), .bad), row)
            return
        }
        let counts = counts(folder)
        let room = row.width - label.width - counts.width
        canvas.write(label + Line(TextFit.start(model.shortened(folder.folder), max(8, room)), .bright) + counts, row)
    }

    private static func counts(_ folder: FolderSnapshot) -> Line {
        let separator = Line(" · ", .faint)
        func part(_ count: Int, _ word: String, _ ink: Ink) -> Line {
            count == 0 ? Line() : Line("\(NumberText.count(count)) \(word)", ink)
        }
        let parts = [
            part(folder.waiting, "waiting", .dim), part(folder.taken, "sending", .accent),
            part(folder.delivered, "delivered", .good), part(folder.failed, "failed", .bad),
        ].joined(separator: separator)
        return separator + (parts.isEmpty ? Line("no files yet", .dim) : parts)
    }
}

extension Model {
    /// Asks how the drop folder does, at most once a second.
    mutating func askForDropFolder() -> [Effect] {
        guard setup.hasFolder, screen == .send, now.timeIntervalSince(send.dropFolderAsked) >= 1 else { return [] }
        send.dropFolderAsked = now
        return [.readDropFolder]
    }

    mutating func take(_ snapshot: FolderSnapshot?) -> [Effect] {
        guard !isFrozen else { return [] }
        let hadFolder = send.dropFolder != nil
        send.dropFolder = snapshot
        // The list has one row more or less now.
        if hadFolder != (snapshot != nil) { SendScreen.resized(&self) }
        return []
    }
}
