import CustomerRecords
public import DeliveryJournal
public import DeliveryModel
public import DeliveryStore
public import Foundation
import SystemPackage

#if PostgreSQL
import SharedJournal
#endif

/// The stores that do what `DurableStore` promises.
public enum StoreKind: String, CaseIterable, Sendable {
    /// One SQLite file.
    case journal
    /// Memory: what the simulation delivers from.
    case memory
    #if PostgreSQL
    /// PostgreSQL, in a schema of its own.
    case shared
    #endif
}

/// A store with a run in it; a journal lies in a folder of its own.
public final class Notebook: Sendable {
    public let directory: StateDirectory
    public let store: any DurableStore
    public let run: RunID

    public init(
        _ kind: StoreKind = .journal, source: RunSource = .file(path: "/customers.csv"), records: [StoredRecord] = []
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
        directory = StateDirectory(path: FilePath(folder.path))
        switch kind {
        case .journal:
            try directory.create()
            store = try Journal(directory)
        case .memory: store = MemoryStore()
        #if PostgreSQL
        case .shared:
            try directory.create()
            store = try await PostgresJournal(
                TestCluster.shared.schema(), directory,
                .delivering(
                    NodeIdentity(
                        name: "here", version: "1", instance: RunOwner.current.instance,
                        lease: .seconds(300))))
        #endif
        }
        run = try await store.create(Self.new(source), records: records)
    }

    deinit {
        (store as? Journal)?.close()
        #if PostgreSQL
        (store as? PostgresJournal)?.close()
        #endif
        try? FileManager.default.removeItem(atPath: directory.path.string)
    }

    /// For what only a journal does.
    public var journal: Journal {
        guard let journal = store as? Journal else { preconditionFailure("this notebook's store is not a journal") }
        return journal
    }

    public static let binding = RunBinding(api: "https://api.test")
    public static let owner = RunOwner(node: "here", instance: "1")

    public static func new(_ source: RunSource = .file(path: "/customers.csv"), startedAt: Date = Date()) -> NewRun {
        NewRun(
            source: source, location: isStored(source) ? .stored : .file(path: "/customers.csv"),
            fingerprint: isStored(source) ? nil : SourceFingerprint(size: 1000, modified: 0, digest: 0),
            options: ReaderOptions(filter: AgeFilter(minimum: 20, maximum: 60), rules: RecordRules(), batchSize: 10),
            startedAt: startedAt, binding: binding)
    }

    private static func isStored(_ source: RunSource) -> Bool {
        switch source {
        case .submissions, .retry: true
        case .file, .standardInput, .upload: false
        }
    }

    public static func batch(
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

    public static func failure(_ cookie: String, line: Int = 1, kind: FailedRecord.Kind = .retryable) -> NewFailure {
        NewFailure(
            line: line, kind: kind, status: "500", message: "5 attempts", attempts: 5,
            fields: RecordFields(name: "Jane Doe", age: "30", cookie: cookie, bannerID: "1"))
    }

    /// Plans a batch of this run.
    public func plan(_ batch: BatchRow) async throws {
        try await store.commit([.plan(run, batch, rejects: [], rejectsBytes: 0)])
    }

    /// Plans a batch, all of whose records fail, and ends the run.
    public func fail(_ cookies: [String]) async throws {
        try await plan(Self.batch(0, records: cookies.count))
        try await store.commit([
            .fail(
                run, sequence: 0, records: 0..<cookies.count, isWhole: true,
                failures: cookies.enumerated().map { Self.failure($1, line: $0 + 1) }),
            .state(run, .done, endedAt: Date()),
        ])
    }

    public func summary(of id: RunID? = nil) async throws -> RunSummary {
        guard let summary = try await store.run(id ?? run) else { throw DeliveryError(.notFound, "no such run") }
        return summary
    }

    public func reopen(_ id: RunID? = nil) async throws -> ResumableRun? {
        try await store.reopen(id ?? run, by: Self.owner, for: Self.binding)
    }

    public func counts() async throws -> RunCounts { try await summary().counts }
}
