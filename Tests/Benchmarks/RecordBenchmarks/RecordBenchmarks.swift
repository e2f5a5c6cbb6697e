import Benchmark
import CustomerRecords

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .throughput, .peakMemoryResident], maxDuration: .seconds(3))

    // A million bytes hold some 18,000 records; the throughput counts passes over all of them.
    for (name, line) in [
        ("plain", #"John Doe,25,26555324-53df-4eb1-8835-e6c0078bb2c0,15"#),
        ("quoted", #""John Doe","25","26555324-53df-4eb1-8835-e6c0078bb2c0","15""#),
        ("accented", #"Žofie Nováková,25,26555324-53df-4eb1-8835-e6c0078bb2c0,15"#),
        ("rejected", #"J0hn Doe,25,26555324-53df-4eb1-8835-e6c0078bb2c0,15"#),
    ] {
        let source = Array(String(repeating: line + "\n", count: 1_000_000 / (line.utf8.count + 1)).utf8)

        Benchmark("Batches of \(name) records") { benchmark in
            for _ in benchmark.scaledIterations {
                blackHole(try countBatches(source))
            }
        }

        Benchmark("Dry run of \(name) records") { benchmark in
            for _ in benchmark.scaledIterations {
                blackHole(try DryRun.count(MemorySource(source), options: ReaderOptions()))
            }
        }
    }
}

/// Reads, checks and encodes everything as a run does, with one batch that is used again.
private func countBatches(_ source: [UInt8]) throws -> Int {
    var reader = RecordReader(source: MemorySource(source), options: ReaderOptions())
    var sink = DiscardingSink()
    var count = 0
    var spare: RecordBatch?
    while let batch = try reader.nextBatch(reusing: spare.take(), rejects: &sink) {
        count += batch.count
        spare = batch
    }
    return count
}
