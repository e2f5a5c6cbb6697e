import DeliveryModel
import Foundation
import SystemPackage
import Testing

@testable import DropFolder

@Suite("Claims on taken files")
struct ClaimTests {
    private static func claim(_ folder: TestFolder) -> Claim {
        Claim(
            folder: folder.path, name: Data("a.csv".utf8),
            identity: FileIdentity(device: 1, inode: 2, size: 3, modified: 4))
    }

    @Test("what was noted last holds, and a note that was cut off is none")
    func notes() throws {
        let folder = try TestFolder()
        let store = try ClaimStore(FilePath(folder.claimFolder))
        var claim = Self.claim(folder)
        try store.write(claim)
        #expect(try store.all(of: FilePath(folder.path)) == [claim])
        claim.run = RunID(rawValue: 7)
        try store.update(claim, isDurable: false)
        #expect(try store.all(of: FilePath(folder.path)) == [claim])
        let path = "\(folder.claimFolder)/\(claim.id.uuidString).json"
        let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: .append)
        try file.closeAfter { _ = try file.writeAll("\n{\"target\":{\"outc".utf8) }
        #expect(try store.all(of: FilePath(folder.path)) == [claim])
        claim.target = .init(outcome: .failed, name: Data("a.2.csv".utf8))
        try store.update(claim, isDurable: true)
        #expect(try store.all(of: FilePath(folder.path)) == [claim])
        try store.remove(claim)
        #expect(try store.all(of: FilePath(folder.path)) == [])
    }

    @Test("a claim that somebody removed is written again when there is something to note")
    func removed() throws {
        let folder = try TestFolder()
        let store = try ClaimStore(FilePath(folder.claimFolder))
        let claim = Self.claim(folder)
        try store.update(claim, isDurable: true)
        #expect(try store.all(of: FilePath(folder.path)) == [claim])
    }
}
