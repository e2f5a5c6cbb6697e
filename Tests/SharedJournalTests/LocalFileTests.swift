#if PostgreSQL
import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import SharedJournal

@Suite("A file of an operator's on a shared journal")
struct LocalFileTests {
    private func file(_ bytes: Data, in directory: StateDirectory) throws -> (path: String, SourceFingerprint) {
        let path = directory.path.appending("customers.csv").string
        try bytes.write(to: URL(filePath: path))
        var status = stat()
        _ = stat(path, &status)
        let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        return (path, SourceFingerprint(size: bytes.count, modified: modified, digest: 7))
    }

    private func create(
        on node: PostgresJournal, _ path: String, _ fingerprint: SourceFingerprint
    ) async throws -> RunID {
        var new = Notebook.new()
        new.source = .file(path: path)
        new.location = .file(path: path)
        new.fingerprint = fingerprint
        return try await node.create(new)
    }

    @Test("is copied into it, and a node without the file continues with the copy")
    func copied() async throws {
        let crew = try Crew()
        let first = try await crew.join("first", shareLimit: 10_000_000)
        let second = try await crew.join("second")
        defer { for node in [first, second] { node.close() } }
        let bytes = Data((0..<5_500_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
        let (path, fingerprint) = try file(bytes, in: try crew.directory("first"))
        let run = try await create(on: first, path, fingerprint)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await first.copyLocalFiles(Logger(label: "nodes")) }
            try await until { try await second.chunks(of: run) == 6 }
            group.cancelAll()
        }
        _ = try await second.takeOverNow(first)
        try FileManager.default.removeItem(atPath: path)
        #expect(try await second.claimOne(for: Notebook.binding) { _ in false } == run)
        let source = try #require(try await second.source(of: run))
        let copy = try #require(try crew.directory("second").path(of: source.location))
        #expect(FileManager.default.contents(atPath: copy) == bytes)
        let resumed = try #require(try await second.reopen(run, by: Crew.owner("second"), for: Notebook.binding))
        #expect(resumed.source.location == source.location)
        #expect(resumed.summary.source == .file(path: path))
    }

    @Test("that is larger than the limit, or changes while it is copied, stays where it is")
    func notCopied() async throws {
        let crew = try Crew()
        let node = try await crew.join("node", shareLimit: 100)
        let other = try await crew.join("other")
        defer { for node in [node, other] { node.close() } }
        let directory = try crew.directory("node")
        let (path, fingerprint) = try file(Data(count: 101), in: directory)
        let large = try await create(on: node, path, fingerprint)
        let (_, small) = try file(Data(count: 100), in: directory)
        let changed = try await create(on: node, path, small)
        _ = try file(Data(repeating: 1, count: 99), in: directory)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await node.copyLocalFiles(Logger(label: "nodes")) }
            try await until { node.localFiles.withLock { $0.isEmpty } }
            group.cancelAll()
        }
        #expect(try await other.chunks(of: large) == nil)
        #expect(try await other.chunks(of: changed) == nil)
        _ = try await other.takeOverNow(node)
        #expect(try await other.claimOne(for: Notebook.binding) { _ in false } == nil)
    }
}

extension PostgresJournal {
    fileprivate func chunks(of run: RunID) async throws -> Int? {
        try await read { session in
            try session.run("SELECT chunks FROM run WHERE id = $1", [Value(run)]).rows.first?.integer("chunks")
                .map(Int.init)
        }
    }
}
#endif
