import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import GRDB
import StoreTestSupport
import SystemPackage
import Testing

@Suite("Facts become durable in their order or not at all")
struct GroupCommitTests {
    @Test("after a commit that failed none succeeds, since later facts build on earlier ones")
    func failsForGood() async throws {
        let notebook = try await Notebook()
        try await notebook.plan(Notebook.batch(0))
        // No such run: the whole commit is undone, the acknowledgement in it, too.
        await #expect(throws: DeliveryError.self) {
            try await notebook.journal.commit([
                .acknowledge(notebook.run, sequence: 0, records: 0..<10, isWhole: true),
                .plan(RunID(rawValue: 99), Notebook.batch(0), rejects: [], rejectsBytes: 0),
            ])
        }
        // Would move a batch without its acknowledgement into the run's sums, and so lose its records.
        await #expect(throws: DeliveryError.self) {
            try await notebook.journal.commit([.compact(notebook.run, before: 1)])
        }
        let counts = try await notebook.counts()
        #expect(counts.pending == 10)
        #expect(counts.read == 10)

        notebook.journal.beginCommits()
        try await notebook.journal.commit([.acknowledge(notebook.run, sequence: 0, records: 0..<10, isWhole: true)])
        #expect(try await notebook.counts().sent == 10)
    }

    @Test("a run can be created though commits follow each other without a pause", .timeLimit(.minutes(30)))
    func fairness() async throws {
        let notebook = try await Notebook()
        let journal = notebook.journal
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<8 {
                group.addTask {
                    var sequence = sender
                    while !Task.isCancelled {
                        try await notebook.plan(Notebook.batch(sequence))
                        sequence += 8
                    }
                }
            }
            for _ in 0..<20 { _ = try await journal.create(Notebook.new()) }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("a journal that another program holds is a clear error, and nothing of it is written")
    func held() async throws {
        let notebook = try await Notebook()
        try await notebook.plan(Notebook.batch(0))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: notebook.journal.path.string, configuration: configuration)
        try await other.writeWithoutTransaction { database in
            try database.beginTransaction(.immediate)
        }
        await #expect {
            try await notebook.journal.commit([
                .acknowledge(notebook.run, sequence: 0, records: 0..<10, isWhole: true)
            ])
        } throws: { error in
            (error as? DeliveryError)?.code == .journal && "\(error)".contains("in use by another program")
        }
        try await other.writeWithoutTransaction { try $0.rollback() }
        try other.close()
        #expect(try await notebook.counts().sent == 0)
    }

    @Test("a journal of a newer version is left alone")
    func newer() async throws {
        let notebook = try await Notebook()
        notebook.journal.close()
        let later = try DatabaseQueue(path: notebook.journal.path.string)
        try await later.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
        try later.close()
        #expect { _ = try Journal(notebook.directory) } throws: { error in
            (error as? DeliveryError)?.code == .journal && "\(error)".contains("newer version")
        }
    }

    @Test("a journal that is damaged in the middle is a clear error when the damage is met")
    func damagedInside() async throws {
        let notebook = try await Notebook()
        try await notebook.fail((0..<2000).map { "cookie-\($0)" })
        notebook.journal.close()
        let path = notebook.directory.journal.string
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // All but the first page, which holds the schema.
        for index in 4096..<bytes.count { bytes[index] = 0x5A }
        try bytes.write(to: URL(fileURLWithPath: path))
        await #expect {
            let journal = try Journal(notebook.directory)
            defer { journal.close() }
            _ = try await journal.failures(FailureQuery(), limit: 3000)
        } throws: { error in
            (error as? DeliveryError)?.code == .journal && "\(error)".contains("is damaged")
        }
    }
}
