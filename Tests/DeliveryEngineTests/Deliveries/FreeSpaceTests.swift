import DeliveryEngine
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage
import Testing

@Suite("Room is kept on the disk")
struct FreeSpaceTests {
    @Test("below the minimum nothing is taken, and the answer is to come again later")
    func minimum() throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path)
        try FreeSpace(path: folder, minimum: 1).check()
        #expect { try FreeSpace(path: folder, minimum: .max).check() } throws: { error in
            (error as? DeliveryError)?.code == .busy && "\(error)".contains("MiB must stay free")
        }
        // What can't be asked keeps nobody from working.
        try FreeSpace(path: folder.appending("missing"), minimum: .max).check()
    }
}
