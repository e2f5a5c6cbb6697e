import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The line of the drop folder on the Send screen")
struct DropFolderLineTests {
    private static func watching(_ change: (inout FolderSnapshot) -> Void = { _ in }) -> Model {
        var model = Fixture.send()
        model.setup.hasFolder = true
        var folder = FolderSnapshot(folder: "/home/jan/drop")
        change(&folder)
        _ = update(&model, .dropFolder(folder))
        return model
    }

    private static func line(_ model: Model) -> String {
        SendTests.text(view(model)).split(separator: "\n").map(String.init).first { $0.contains("Watch ") } ?? ""
    }

    @Test("it says what waits, is being sent, and was moved, or what keeps the folder from working")
    func states() {
        #expect(Self.line(Self.watching()).contains("Watch ~/drop · no files yet"))
        let busy = Self.watching { ($0.waiting, $0.taken, $0.delivered, $0.failed) = (3, 2, 1041, 1) }
        #expect(Self.line(busy).contains("Watch ~/drop · 3 waiting · 2 sending · 1,041 delivered · 1 failed"))
        let broken = Self.watching { $0.fault = "/home/jan/drop can't be read: No such file or directory" }
        #expect(Self.line(broken).contains("Watch /home/jan/drop can't be read: No such file"))
    }

    @Test("without a drop folder there is no such line, and the list has that row")
    func absent() {
        let plain = Fixture.send()
        #expect(Self.line(plain) == "")
        #expect(SendScreen.page(plain) == SendScreen.page(Self.watching()) + 1)
        var gone = Self.watching()
        _ = update(&gone, .dropFolder(nil))
        #expect(Self.line(gone) == "")
    }

    @Test("it is asked for once a second while the screen is up, and not without a folder")
    func asking() {
        var model = Self.watching()
        model.now = Fixture.now
        #expect(update(&model, .tick).contains(.readDropFolder))
        #expect(!update(&model, .tick).contains(.readDropFolder))
        #expect(SendScreen.nextChange(model) == Fixture.now.addingTimeInterval(1))
        model.now = Fixture.now.addingTimeInterval(1)
        #expect(update(&model, .tick).contains(.readDropFolder))
        var plain = Fixture.send()
        #expect(!update(&plain, .tick).contains(.readDropFolder))
    }
}
