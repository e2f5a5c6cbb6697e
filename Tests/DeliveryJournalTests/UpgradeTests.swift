import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import GRDB
import StoreTestSupport
import SystemPackage
import TestSupport
import Testing

/// A copy of the state directory that an older version left behind, in a place where it never was.
private final class OldState: Sendable {
    let directory: StateDirectory

    init(version: Int = 1) throws {
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/journal-version-\(version)")
        let folder = FileManager.default.temporaryDirectory.appending(path: "old-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: fixture, to: folder)
        directory = StateDirectory(path: FilePath(folder.path))
    }

    deinit { try? FileManager.default.removeItem(atPath: directory.path.string) }

    var files: Set<String> {
        Set(FileManager.default.enumerator(atPath: directory.path.string)?.compactMap { $0 as? String } ?? [])
    }

    func contents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for file in files {
            contents[file] = FileManager.default.contents(atPath: directory.path.appending(file).string)
        }
        return contents
    }
}

@Suite("A journal of an older version")
struct UpgradeTests {
    private static let api = RunBinding(api: "https://api.test")
    private static let owner = RunOwner(node: "here", instance: "1")

    @Test("is upgraded with everything in it, and a copy of it is kept")
    func upgrade() async throws {
        let old = try OldState()
        let journal = try Journal(old.directory)
        defer { journal.close() }
        #expect(old.files.contains("journal-version-1.sqlite"))
        let runs = try await journal.runs(limit: 10)
        #expect(runs.map(\.id.rawValue) == [5, 4, 3, 2, 1])
        #expect(runs[4].counts.failed == 2 && runs[4].undelivered == 2 && runs[4].counts.sent == 5)
        #expect(runs.allSatisfy { $0.api == nil && $0.counts.read > 0 })
        #expect(runs[4].unsentFile == old.directory.unsent.appending("unsent_2026-11-26.csv").string)
        // A record that failed in the first run and in its retry is one row.
        let failures = try await journal.failures(FailureQuery(kinds: [.permanent]), limit: 10)
        #expect(failures.map(\.tries) == [2, 2] && failures.allSatisfy { $0.run.rawValue == 1 })
        #expect(try await journal.failureCount(FailureQuery(run: RunID(rawValue: 2))) == 2)
        // The upload's file is found where the folder is now.
        let upload = try #require(try await journal.source(of: RunID(rawValue: 4)))
        let path = try #require(old.directory.path(of: upload.location))
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(try await journal.spooledFiles().count == 1)
        for (key, run) in [("upload-key", Int64(4)), ("record-key", 5)] {
            let row = try await journal.idempotencyKey(key, keptSince: .distantPast)
            #expect(row?.run?.rawValue == run && row?.status == 202)
        }
    }

    @Test("of the third version counts what was sent that day, and takes an audit")
    func third() async throws {
        let old = try OldState(version: 3)
        let journal = try Journal(old.directory)
        defer { journal.close() }
        #expect(old.files.contains("journal-version-3.sqlite"))
        let runs = try await journal.runs(limit: 10)
        #expect(runs.map(\.counts.sent) == [0, 2] && runs.map(\.counts.pending) == [30, 0])
        let api = try #require(runs[1].api)
        let started = runs[1].startedAt
        let day = started.addingTimeInterval(-86_400)..<started.addingTimeInterval(86_400)
        // Counts are kept for a few days only.
        let isRecent = Date().timeIntervalSince(started) < AuditRetention.countSeconds
        #expect(try await journal.recordsSent(to: api, in: day) == (isRecent ? 2 : 0))
        #expect(try await journal.audit(AuditQuery()).isEmpty)
        let resumable = try #require(
            try await journal.reopen(RunID(rawValue: 2), by: Self.owner, for: RunBinding(api: api)))
        #expect(resumable.recordsInFlight == 30)
        try await journal.commit([
            .acknowledge(RunID(rawValue: 2), sequence: 0, records: 0..<10, isWhole: true, at: Date()),
            .audit(AuditEntry(at: Date(), by: Operator(who: "jane@vm", from: Operator.screen), .resume)),
        ])
        let now = Date()
        #expect(try await journal.recordsSent(to: api, in: now - 3600..<now + 3600) >= 10)
        #expect(try await journal.audit(AuditQuery()).map(\.command) == [.resume])
    }

    @Test("of the fourth version keeps its audit, and takes lists")
    func fourth() async throws {
        let old = try OldState(version: 4)
        let journal = try Journal(old.directory)
        defer { journal.close() }
        #expect(old.files.contains("journal-version-4.sqlite"))
        let runs = try await journal.runs(limit: 10)
        #expect(runs.map(\.counts.sent) == [0, 2] && runs.map(\.counts.pending) == [30, 0])
        #expect(runs[1].counts.failed == 1 && runs[1].counts.rejected == 1 && runs[1].counts.filtered == 1)
        let totals = try await journal.totals().counts
        #expect(totals.sent == 2 && totals.failed == 1 && totals.rejected == 1 && totals.filtered == 1)
        #expect(try await journal.audit(AuditQuery()).map(\.command) == [.send, .send])
        #expect(try await journal.deliveryLists().isEmpty)
        let api = try #require(runs[0].api)
        let list = try #require(try await journal.deliveryList("nightly", for: api, begunBy: Self.owner))
        let key = DeliveryKey(cookie: "cookie-10", bannerID: 1, secret: list.secret)
        try await journal.commit([.deliver(list: list.id, keys: [key])])
        #expect(try await journal.delivered([key], in: list.id) == [true])
        let resumable = try #require(
            try await journal.reopen(RunID(rawValue: 2), by: Self.owner, for: RunBinding(api: api)))
        #expect(resumable.recordsInFlight == 30)
    }

    @Test("open runs take the API of the first process that continues them")
    func binding() async throws {
        let old = try OldState()
        let journal = try Journal(old.directory)
        defer { journal.close() }
        let run = RunID(rawValue: 3)
        let resumable = try #require(try await journal.reopen(run, by: Self.owner, for: Self.api))
        #expect(resumable.recordsInFlight == 30)
        #expect(resumable.summary.recordsInDoubt == 30 && resumable.summary.api == "https://api.test")
        #expect(resumable.openBatches.count == 3)
        await #expect(throws: DeliveryError.self) {
            _ = try await journal.reopen(run, by: Self.owner, for: RunBinding(api: "https://other.test"))
        }
        let single = try #require(try await journal.reopen(RunID(rawValue: 5), by: Self.owner, for: Self.api))
        #expect(single.openBatches.map(\.records) == [1])
    }

    @Test("is read as it is by who only looks, and nothing of it changes")
    func look() async throws {
        let old = try OldState()
        let before = try old.contents()
        let journal = try Journal(old.directory, readOnly: true)
        #expect(try await journal.runs(limit: 10).map(\.id.rawValue) == [5, 4, 3, 2, 1])
        #expect(try await journal.failures(FailureQuery(kinds: [.permanent]), limit: 10).map(\.tries) == [2, 2])
        journal.close()
        #expect(try old.contents() == before)
    }
}

@Suite("Looking changes nothing")
struct LookingTests {
    private static func contents(_ directory: StateDirectory) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path.string) {
            contents[name] = FileManager.default.contents(atPath: directory.path.appending(name).string)
        }
        return contents
    }

    @Test(
        "whether nobody delivers, somebody does, or somebody was killed", arguments: ["nobody", "somebody", "killed"])
    func untouched(_ whom: String) async throws {
        let notebook = try await Notebook()
        try await notebook.plan(Notebook.batch(0))
        var directory = notebook.directory
        switch whom {
        case "nobody": notebook.journal.close()
        case "killed":
            // What a killed process leaves is what lies there while it lives.
            let copy = notebook.directory.path.string + "-killed"
            try FileManager.default.copyItem(atPath: notebook.directory.path.string, toPath: copy)
            directory = StateDirectory(path: FilePath(copy))
        default: break
        }
        defer { if whom == "killed" { try? FileManager.default.removeItem(atPath: directory.path.string) } }
        let before = try Self.contents(directory)
        let looker = try Journal(directory, readOnly: true)
        #expect(try await looker.run(notebook.run)?.counts.pending == 10)
        looker.close()
        let after = try Self.contents(directory)
        #expect(after.keys.sorted() == before.keys.sorted())
        // The index of a log that somebody writes is his; nobody else's hand is in it.
        for (name, data) in before where !(whom == "somebody" && name.hasSuffix("-shm")) {
            #expect(after[name] == data, "\(name)")
        }
    }

    @Test("who looks keeps nobody from starting", .timeLimit(.minutes(30)))
    func lock() async throws {
        let notebook = try await Notebook()
        for _ in 0..<50 {
            // A process that another test starts has a copy of the descriptor until it begins.
            try await until { StateDirectoryLock.holder(notebook.directory) == nil }
            do {
                let lock = try StateDirectoryLock(notebook.directory)
                #expect(StateDirectoryLock.holder(notebook.directory)?.instance == RunOwner.current.instance)
                withExtendedLifetime(lock) {}
            }
        }
    }
}
