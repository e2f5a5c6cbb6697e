import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import GRDB
import StoreTestSupport
import SystemPackage
import Testing

@Suite("What a journal forgets is gone from the disk")
struct ForgettingTests {
    private static let rule = RetentionRule(endedBefore: .distantFuture, undeliveredBefore: .distantFuture)

    private static func size(_ directory: StateDirectory) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: directory.journal.string)[.size] as? Int ?? 0
    }

    /// Whether a text stands anywhere in the journal's files.
    private static func holds(_ text: String, _ directory: StateDirectory) -> Bool {
        ["", "-wal"].contains { suffix in
            let data = FileManager.default.contents(atPath: directory.journal.string + suffix) ?? Data()
            return data.range(of: Data(text.utf8)) != nil
        }
    }

    @Test("no record of a forgotten run stands in its files, which are smaller, and a young run is whole")
    func gone() async throws {
        let notebook = try await Notebook()
        let journal = notebook.journal
        try await notebook.fail((0..<6000).map { "forgotten-cookie-\($0)" })
        let young = try await journal.create(Notebook.new())
        try await journal.commit([
            .plan(young, Notebook.batch(0, records: 1), rejects: [], rejectsBytes: 0),
            .fail(young, sequence: 0, records: 0..<1, isWhole: true, failures: [Notebook.failure("young-cookie")]),
        ])
        while try await journal.giveBackSomeSpace() {}
        #expect(Self.holds("forgotten-cookie-", notebook.directory))
        let before = try Self.size(notebook.directory)
        #expect(try await journal.forgettableRuns(Self.rule, limit: 5).map(\.id) == [notebook.run])
        while try await journal.forgetSomeRecords(of: notebook.run, Self.rule) {}
        #expect(try await journal.forgetRun(notebook.run, Self.rule))
        var steps = 0
        while try await journal.giveBackSomeSpace() { steps += 1 }
        #expect(steps >= 2, "in steps")
        #expect(!Self.holds("forgotten-cookie-", notebook.directory))
        #expect(Self.holds("young-cookie", notebook.directory))
        #expect(try Self.size(notebook.directory) < before / 2)
        #expect(try await journal.failures(FailureQuery(), limit: 5).map(\.cookie) == ["young-cookie"])
    }

    @Test("commits continue between the steps, and somebody who reads holds none of them up")
    func beside() async throws {
        let notebook = try await Notebook()
        let journal = notebook.journal
        try await notebook.fail((0..<3000).map { "c\($0)" })
        let other = try await journal.create(Notebook.new())
        let looker = try Journal(notebook.directory, readOnly: true)
        defer { looker.close() }
        async let forgetting: Void = {
            while try await journal.forgetSomeRecords(of: notebook.run, Self.rule) {}
            while try await journal.giveBackSomeSpace() {}
        }()
        for sequence in 0..<20 {
            try await journal.commit([
                .plan(other, Notebook.batch(sequence), rejects: [], rejectsBytes: 0),
                .acknowledge(other, sequence: sequence, records: 0..<10, isWhole: true),
            ])
            #expect(try await looker.run(other)?.counts.sent == 10 * (sequence + 1))
        }
        try await forgetting
        #expect(try await journal.failureCount(FailureQuery()) == 0)
    }
}
