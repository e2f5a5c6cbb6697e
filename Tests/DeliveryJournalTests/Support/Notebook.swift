import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// A journal in a folder of its own, with a run in it.
final class Notebook: Sendable {
    let directory: StateDirectory
    let journal: Journal
    let run: RunID

    init(source: RunSource = .file(path: "/customers.csv"), records: [StoredRecord] = []) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
        directory = StateDirectory(path: FilePath(folder.path))
        try directory.create()
        journal = try Journal(directory)
        run = try await journal.create(Self.new(source), records: records)
    }

    deinit {
        journal.close()
        try? FileManager.default.removeItem(atPath: directory.path.string)
    }

    static let binding = RunBinding(api: "https://api.test")
    static let owner = RunOwner(node: "here", instance: "1")

    static func new(_ source: RunSource = .file(path: "/customers.csv"), startedAt: Date = Date()) -> NewRun {
        NewRun(
            source: source,
            options: ReaderOptions(filter: AgeFilter(minimum: 20, maximum: 60), rules: RecordRules(), batchSize: 10),
            startedAt: startedAt, binding: binding)
    }

    static func batch(
        _ sequence: Int, records: Int = 10, name: Int = 0, filtered: Int = 0, state: BatchState = .sending
    ) -> BatchRow {
        var tally = RecordTally()
        tally[.name] = name
        tally[.ageFilter] = filtered
        return BatchRow(
            sequence: sequence, state: state, start: SourcePosition(offset: sequence * 100, line: sequence * 10 + 1),
            end: SourcePosition(offset: sequence * 100 + 100, line: sequence * 10 + 11), checksum: .max,
            records: records, tally: tally)
    }

    static func failure(_ cookie: String, line: Int = 1, kind: FailedRecord.Class = .retryable) -> NewFailure {
        NewFailure(
            line: line, kind: kind, status: "500", message: "5 attempts", attempts: 5,
            fields: RecordFields(name: "Jane Doe", age: "30", cookie: cookie, bannerID: "1"))
    }

    /// Plans a batch of this run.
    func plan(_ batch: BatchRow) async throws {
        try await journal.commit([.plan(run, batch, rejects: [], rejectsBytes: 0)])
    }

    /// Plans a batch, all of whose records fail, and ends the run.
    func fail(_ cookies: [String]) async throws {
        try await plan(Self.batch(0, records: cookies.count))
        try await journal.commit([
            .fail(
                run, sequence: 0, records: 0..<cookies.count, isWhole: true,
                failures: cookies.enumerated().map { Self.failure($1, line: $0 + 1) }),
            .state(run, .done, endedAt: Date()),
        ])
    }

    func summary(of id: RunID? = nil) async throws -> RunSummary {
        guard let summary = try await journal.run(id ?? run) else { throw DeliveryError(.notFound, "no such run") }
        return summary
    }

    func reopen(_ id: RunID? = nil) async throws -> ResumableRun? {
        try await journal.reopen(id ?? run, by: Self.owner, for: Self.binding)
    }

    func counts() async throws -> RunCounts { try await summary().counts }
}
