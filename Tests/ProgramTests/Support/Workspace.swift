import Foundation
import Testing

/// A folder of one test, removed with it: the files it delivers, the state directory, a home of its own.
final class Workspace: Sendable {
    let path: String
    var stateDirectory: String { path + "/state" }

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/data-connector-\(UUID().uuidString)"
        for folder in [path, path + "/home"] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file of the test.
    /// - Returns: its path.
    func write(_ text: String, to name: String = "customers.csv") throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    func text(of file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    }

    /// Permission bits.
    func mode(of file: String) throws -> Int {
        try #require(
            FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber, "\(file)"
        ).intValue
    }

    /// Everything under the state directory, by path.
    func stateFiles() throws -> [String] {
        let names = FileManager.default.enumerator(atPath: stateDirectory)?.compactMap { $0 as? String } ?? []
        return names.map { stateDirectory + "/" + $0 }
    }
}
