import ArgumentParser
import Foundation

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

    func run() throws {
        var generator = SampleGenerator(seed: seed, badShare: bad / 100)
        var bytes = Array("name,age,cookie,banner_id\n".utf8)
        for row in 0..<rows {
            generator.append(row, to: &bytes)
            if bytes.count > 256 * 1024 {
                guard Self.write(bytes) else { return }
                bytes.removeAll(keepingCapacity: true)
            }
        }
        _ = Self.write(bytes)
    }

    /// - Returns: whether the reader still listens.
    private static func write(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Foundation.write(
                    STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}
