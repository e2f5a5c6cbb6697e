import Benchmark
import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .throughput], maxDuration: .seconds(3))

    // What a run of 1,000 batches costs on the disk: every intent is waited for, as before a request leaves.
    for together in [1, 4, 16] {
        Benchmark("Intents and acknowledgements of 1,000 batches, \(together) in a commit") { benchmark in
            let journal = try TemporaryJournal()
            for _ in benchmark.scaledIterations {
                try await journal.deliver(batches: 1000, together: together)
            }
        }
    }

    Benchmark("1,000 single records, 64 senders, each durable before the next") { benchmark in
        let journal = try TemporaryJournal()
        for _ in benchmark.scaledIterations {
            try await journal.store(records: 1000, senders: 64)
        }
    }
}

/// A journal in a folder of its own, which goes with it.
private final class TemporaryJournal: Sendable {
    private let journal: Journal
    private let directory: StateDirectory

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "benchmark-\(UUID().uuidString)")
        directory = StateDirectory(path: FilePath(folder.path))
        try directory.create()
        journal = try Journal(directory)
    }

    deinit {
        journal.close()
        try? FileManager.default.removeItem(atPath: directory.path.string)
    }

    func deliver(batches: Int, together: Int) async throws {
        let run = try await open(.file(path: "/customers.csv"))
        for first in stride(from: 0, to: batches, by: together) {
            let sequences = first..<min(batches, first + together)
            try await journal.commit(sequences.map { .plan(run, row($0), rejects: [], rejectsBytes: 0) })
            journal.enqueue(
                sequences.map { .acknowledge(run, sequence: $0, records: 0..<1000, isWhole: true) }
                    + [.compact(run, before: sequences.upperBound)], failed: { _ in })
        }
        try await journal.commit([.state(run, .done, endedAt: Date())])
    }

    func store(records: Int, senders: Int) async throws {
        let run = try await open(.submissions)
        let fields = RecordFields(
            name: "John Doe", age: "25", cookie: "26555324-53df-4eb1-8835-e6c0078bb2c0", bannerID: "15")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<senders {
                group.addTask { [journal] in
                    for position in stride(from: sender, to: records, by: senders) {
                        try await journal.commit([
                            .store(run, position: position, StoredRecord(line: 0, fields: fields))
                        ])
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func open(_ source: RunSource) async throws -> RunID {
        try await journal.create(
            NewRun(source: source, options: ReaderOptions(), startedAt: Date(), binding: RunBinding(api: nil)))
    }

    private func row(_ sequence: Int) -> BatchRow {
        BatchRow(
            sequence: sequence, state: .sending,
            start: SourcePosition(offset: sequence * 55_000, line: sequence * 1000 + 1),
            end: SourcePosition(offset: (sequence + 1) * 55_000, line: (sequence + 1) * 1000 + 1), checksum: 1,
            records: 1000, tally: RecordTally())
    }
}
