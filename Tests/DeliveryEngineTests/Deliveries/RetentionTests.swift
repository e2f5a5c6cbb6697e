import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import StoreTestSupport
import SystemPackage
import Testing

@testable import DeliveryEngine

@Suite("Runs past their time, and what lies beside the journal")
struct RetentionTests {
    private static func retention(_ notebook: Notebook, _ policy: RetentionPolicy) -> Retention {
        Retention(
            policy: policy, store: notebook.store, directory: notebook.directory, unsent: notebook.directory.unsent,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func unsent(_ notebook: Notebook) throws -> String? {
        let path = notebook.directory.unsent.appending("unsent_\(LocalDay(Date()).rawValue).csv")
        return FileManager.default.contents(atPath: path.string).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("go with their files, and their records leave the day's file of unsent ones")
    func files() async throws {
        let notebook = try await Notebook()
        let store = notebook.store
        try await notebook.fail(["old-a", "old-b"])
        let young = try await store.create(Notebook.new())
        try await store.commit([
            .plan(young, Notebook.batch(0, records: 1), rejects: [], rejectsBytes: 0),
            .fail(young, sequence: 0, records: 0..<1, isWhole: true, failures: [Notebook.failure("young")]),
        ])
        for run in [notebook.run, young] {
            let rejected = notebook.directory.rejected(of: run)
            try StateDirectory.createFolder(rejected.removingLastComponent())
            try Data("x".utf8).write(to: URL(fileURLWithPath: rejected.string))
        }
        var file = try await UnsentFile(of: LocalDay(Date()), in: notebook.directory.unsent, archive: store)
        try await file.claim(for: young)
        _ = try await file.write()
        let later = Date().addingTimeInterval(120)

        let patient = Self.retention(notebook, RetentionPolicy(runs: .seconds(60)))
        #expect(try await patient.forget(at: later) == 0)
        #expect(try Self.unsent(notebook)?.contains("old-b") == true)

        let strict = Self.retention(notebook, RetentionPolicy(runs: .seconds(60), failed: .seconds(60)))
        #expect(try await strict.forget(at: later) == 1)
        #expect(try Self.unsent(notebook) == "name,age,cookie,banner_id\nJane Doe,30,young,1\n")
        let left = try FileManager.default.contentsOfDirectory(
            atPath: notebook.directory.path.appending("runs").string)
        #expect(left == [young.description])
        // What another node forgot lies here, too.
        for name in ["4711", "lost+found"] {
            try StateDirectory.createFolder(notebook.directory.path.appending("runs").appending(name))
        }
        func names() throws -> Set<String> {
            try Set(
                FileManager.default.contentsOfDirectory(
                    atPath: notebook.directory.path.appending("runs").string))
        }
        #expect(try await strict.forget(at: later) == 0)
        #expect(try names().count == 3)
        var shared = strict
        shared.isShared = true
        #expect(try await shared.forget(at: later) == 0)
        #expect(try names() == [young.description, "lost+found"])
        #expect(try await store.runs(limit: 5).map(\.id) == [young])
        #expect(try await strict.forget(at: later) == 0)
    }
}
