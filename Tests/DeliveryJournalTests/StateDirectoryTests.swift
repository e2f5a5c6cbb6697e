import DeliveryJournal
import DeliveryModel
import Foundation
import StoreTestSupport
import SystemPackage
import Testing

@testable import DeliveryStore

@Suite("The state directory and its journal are looked after")
struct StateDirectoryTests {
    private static func mode(_ path: FilePath) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    @Test("folders and the journal's files are private")
    func modes() async throws {
        let notebook = try await Notebook()
        try await notebook.plan(Notebook.batch(0))
        #expect(try Self.mode(notebook.directory.path) == 0o700)
        #expect(try Self.mode(notebook.directory.spool) == 0o700)
        for suffix in ["", "-wal", "-shm"] {
            #expect(try Self.mode(FilePath(notebook.directory.journal.string + suffix)) == 0o600, "\(suffix)")
        }
    }

    @Test("the directory is held by one, who is named, until he lets it go")
    func lock() async throws {
        let notebook = try await Notebook()
        #expect(StateDirectoryLock.holder(notebook.directory) == nil)
        do {
            let lock = try StateDirectoryLock(notebook.directory)
            #expect(StateDirectoryLock.holder(notebook.directory)?.process == getpid())
            #expect { _ = try StateDirectoryLock(notebook.directory) } throws: { error in
                let error = error as? DeliveryError
                return error?.code == .locked && error?.message.contains("Process \(getpid()) ") == true
            }
            withExtendedLifetime(lock) {}
        }
        #expect(StateDirectoryLock.holder(notebook.directory) == nil)
        _ = try StateDirectoryLock(notebook.directory)
    }

    @Test("the directory stays held when its lock file is removed")
    func removedLock() async throws {
        let notebook = try await Notebook()
        do {
            let lock = try StateDirectoryLock(notebook.directory)
            try FileManager.default.removeItem(atPath: notebook.directory.lock.string)
            #expect { _ = try StateDirectoryLock(notebook.directory) } throws: { error in
                (error as? DeliveryError)?.code == .locked
            }
            withExtendedLifetime(lock) {}
        }
        _ = try StateDirectoryLock(notebook.directory)
    }

    @Test("who looks on sees what is committed, and can change nothing")
    func readOnly() async throws {
        let notebook = try await Notebook()
        let looker = try Journal(notebook.directory, readOnly: true)
        defer { looker.close() }
        try await notebook.plan(Notebook.batch(0))
        #expect(try await looker.run(notebook.run)?.counts == RunCounts(pending: 10))
        await #expect(throws: DeliveryError.self) { _ = try await looker.create(Notebook.new()) }
        await #expect(throws: DeliveryError.self) { try await looker.checkWritable() }
        try await notebook.journal.checkWritable()
    }

    @Test("looking on creates nothing")
    func absent() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "absent-\(UUID().uuidString)")
        let directory = StateDirectory(path: FilePath(folder.path))
        #expect(throws: DeliveryError.self) { _ = try Journal(directory, readOnly: true) }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test("a damaged journal is named and not touched")
    func damaged() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "damaged-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let directory = StateDirectory(path: FilePath(folder.path))
        try directory.create()
        let rubbish = Data(repeating: 0x55, count: 20_000)
        try rubbish.write(to: URL(fileURLWithPath: directory.journal.string))
        #expect { _ = try Journal(directory) } throws: { error in
            (error as? DeliveryError)?.code == .journal && "\(error)".contains("is damaged")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.journal.string)) == rubbish)
    }

    @Test("a folder that is a file, or can't be made, is an error that names it")
    func unusable() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "file-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        for path in [file.path, file.path + "/below"] {
            #expect { try StateDirectory(path: FilePath(path)).create() } throws: { error in
                (error as? DeliveryError)?.code == .journal && "\(error)".contains(file.path)
            }
        }
    }

    @Test("root delivers from no folder that is another user's alone")
    func foreign() {
        #expect(StateDirectory.isForeign(1000, mode: S_IFDIR | 0o700, to: 0))
        #expect(!StateDirectory.isForeign(0, mode: S_IFDIR | 0o700, to: 0))
        #expect(!StateDirectory.isForeign(1000, mode: S_IFDIR | 0o700, to: 1000))
        #expect(!StateDirectory.isForeign(1000, mode: S_IFDIR | 0o1777, to: 0), "a container's folder is for any user")
    }
}
