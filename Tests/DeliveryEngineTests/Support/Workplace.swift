import CustomerRecords
import DeliveryEngine
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import SystemPackage
import TestSupport

/// An engine at work in a state directory of its own, with an API that a test rules.
struct Workplace: Sendable {
    let engine: Engine
    let journal: Journal
    let directory: StateDirectory

    /// Writes a file of valid records with the cookies `0`, `1`, `2` …, on lines that begin with 1.
    func file(records: Int, named name: String = "customers.csv") throws -> String {
        try file((0..<records).map { "Jane Doe,30,\($0),1\n" }.joined(), named: name)
    }

    func file(_ text: String, named name: String = "customers.csv") throws -> String {
        let path = directory.path.appending(name).string
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    // Not inlined: Swift 6.3.1 crashes when it optimizes what comes of that.
    @inline(never)
    func start(records: Int, batchSize: Int = 1000, named name: String = "customers.csv") async throws -> RunID {
        let path = try file(records: records, named: name)
        let options = ReaderOptions(batchSize: batchSize)
        return try await engine.start(RunRequest(source: .file(path: path), options: options))
    }

    func deliver(records: Int, batchSize: Int = 1000) async throws -> RunSummary {
        let run = try await start(records: records, batchSize: batchSize)
        return try await engine.finished(run)
    }

    /// Waits until the run's state fulfills the condition.
    func until(_ run: RunID, _ condition: (RunSnapshot) -> Bool) async {
        for await snapshot in engine.snapshots() {
            if let run = snapshot.run(run), condition(run) { return }
        }
    }
}

/// Runs an engine for as long as `body` uses it, in a new state directory or in that of an engine before it.
func withEngine<Value: Sendable>(
    _ api: FakeBannerAPI, in folder: TemporaryFolder? = nil, attempts: Int = 5, giveUpAfter: Duration? = nil,
    concurrency: Int = 16, stopGrace: Duration = .seconds(9), window: SendWindow? = nil, dailyLimit: Int? = nil,
    commits makeCommits: (Journal) -> any CommitLog = { $0 },
    _ body: @escaping @Sendable (Workplace) async throws -> Value
) async throws -> Value {
    let folder = try folder ?? TemporaryFolder()
    let directory = StateDirectory(path: folder.path)
    try directory.create()
    let journal = try Journal(directory)
    defer { journal.close() }
    let engine = Engine(
        directory: directory, journal: journal, commits: makeCommits(journal), api: api,
        configuration: EngineConfiguration(
            concurrency: concurrency, attempts: attempts, giveUpAfter: giveUpAfter, unsentDirectory: directory.unsent,
            stopGrace: stopGrace,
            window: window, dailyLimit: dailyLimit),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let workplace = Workplace(engine: engine, journal: journal, directory: directory)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            await engine.run()
            return nil
        }
        group.addTask {
            let result: Result<Value, any Error>
            do {
                result = .success(try await limited(to: .seconds(900)) { try await body(workplace) })
            } catch {
                result = .failure(error)
            }
            api.release()
            await engine.shutDown(reason: "the test ended", mode: .now)
            return try result.get()
        }
        var value: Value?
        for try await result in group { value = result ?? value }
        guard let value else { throw CancellationError() }
        return value
    }
}

/// A folder that goes with the last who knows it.
final class TemporaryFolder: Sendable {
    let path: FilePath

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "engine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = FilePath(folder.path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
