import ArgumentParser

/// `data-connector sample`: a CSV to play with.
struct SampleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Write a sample CSV to standard output.")

    @Option(help: ArgumentHelp("Records to write.", valueName: "n"))
    var rows: Int

    @Option(
        help: ArgumentHelp("Share of records that break a rule or are too young, in percent.", valueName: "percent"))
    var bad: Double = 0

    @Option(help: ArgumentHelp("The same seed gives the same file.", valueName: "n"))
    var seed: UInt64 = 1

    func validate() throws {
        guard rows >= 0 else { throw ValidationError("--rows: \(rows) is negative.") }
        guard (0...100).contains(bad) else { throw ValidationError("--bad: \(bad) is not between 0 and 100.") }
    }

    func run() async throws {
        try await reportingErrors(on: Console()) {
            var generator = SampleGenerator(seed: seed, badShare: bad / 100)
            var bytes = Array("name,age,cookie,banner_id\n".utf8)
            for row in 0..<rows {
                generator.append(row, to: &bytes)
                if bytes.count > 256 * 1024 {
                    try Console.result(bytes)
                    bytes.removeAll(keepingCapacity: true)
                }
            }
            try Console.result(bytes)
        }
    }
}
