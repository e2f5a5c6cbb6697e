import Foundation
import SystemPackage
import Testing

@testable import DropFolder

@Suite("What was delivered from a drop folder")
struct DeliveredFilesTests {
    @Test("is removed with its summary when it is old enough, and nothing else is")
    func removed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "delivered-\(UUID().uuidString)")
        let delivered = folder.appending(path: "delivered")
        try FileManager.default.createDirectory(at: delivered, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, hoursAgo: Double) throws {
            let path = delivered.appending(path: name).path
            try Data("x".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes(
                [.modificationDate: Date().addingTimeInterval(-hoursAgo * 3600)], ofItemAtPath: path)
        }
        // The time of a file is its content's; the summary was written when it was delivered.
        for (name, hours) in [("old.csv", 30.0), ("young.csv", 2)] {
            try write(name, hoursAgo: 1000)
            try write(name + ".summary.json", hoursAgo: hours)
        }
        try write("somebody's.csv", hoursAgo: 1000)
        let files = DeliveredFiles(folder: FilePath(folder.path))
        #expect(try files.remove(deliveredBefore: Date().addingTimeInterval(-24 * 3600)) == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: delivered.path).sorted()
        #expect(left == ["somebody's.csv", "young.csv", "young.csv.summary.json"])
        try FileManager.default.removeItem(at: delivered)
        #expect(try files.remove(deliveredBefore: Date()) == 0)
    }
}
