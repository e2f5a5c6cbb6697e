import Benchmark
import CustomerRecords
import DeliveryEngine
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI
import SystemPackage

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .throughput, .peakMemoryResident], maxDuration: .seconds(5))

    // From the file on the disk to the last acknowledgement in the journal, over HTTP to a sink in this process.
    for records in [100_000, 1_000_000] {
        Benchmark("Delivery of \(records) records to a sink") { benchmark in
            let folder = try TemporaryFolder(records: records)
            let sink = try await Sink.start()
            for _ in benchmark.scaledIterations {
                let summary = try await deliver(folder, to: sink)
                guard summary.counts.sent == records else { return benchmark.error("only \(summary.counts.sent) sent") }
            }
            try await sink.stop()
        }
    }
}

private func deliver(_ folder: TemporaryFolder, to sink: Sink) async throws -> RunSummary {
    let directory = StateDirectory(path: FilePath(folder.path).appending(UUID().uuidString))
    try directory.create()
    let journal = try Journal(directory)
    let client = try ShowAdsClient(
        endpoint: try APIEndpoint("http://127.0.0.1:\(sink.port)"), key: try ProjectKey("any"), maximumConnections: 256)
    let engine = Engine(
        directory: directory, journal: journal, api: client,
        configuration: EngineConfiguration(unsentDirectory: directory.unsent),
        logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
    async let work: Void = engine.run()
    let run = try await engine.start(RunRequest(source: .file(path: folder.file)))
    let summary = try await engine.finished(run)
    await engine.shutDown(reason: "done")
    await work
    journal.close()
    return summary
}

/// A file of valid records and the state of their deliveries, in a folder that goes with it.
private final class TemporaryFolder: Sendable {
    let path: String
    var file: String { path + "/customers.csv" }

    init(records: Int) throws {
        path = FileManager.default.temporaryDirectory.path + "/benchmark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let line = "John Doe,25,26555324-53df-4eb1-8835-e6c0078bb2c0,15\n"
        try Data(String(repeating: line, count: records).utf8).write(to: URL(fileURLWithPath: file))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
