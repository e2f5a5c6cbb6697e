import Foundation
import SystemPackage
import Testing

@testable import ConnectorCommands

@Suite("The log does not grow for ever")
struct RotatingFileTests {
    @Test("a full file is set aside, three of them are kept, and no line is lost or cut before that")
    func rotation() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = FilePath(folder.appending(path: "test.log").path)
        var written: [String] = []
        for start in [0, 10] {
            // A second process continues with the file of the first.
            var file = try RotatingFile(path, limit: 30, kept: 3)
            for number in start..<start + 10 {
                let line = "line \(number)\n"
                written.append(line)
                file.append(Array(line.utf8))
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["test.log", "test.log.1", "test.log.2", "test.log.3"])
        let kept = try [".3", ".2", ".1", ""].map { try String(contentsOfFile: path.string + $0, encoding: .utf8) }
        #expect(kept.allSatisfy { $0.utf8.count <= 30 && $0.hasSuffix("\n") })
        #expect(written.joined().hasSuffix(kept.joined()))
        let mode = try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
