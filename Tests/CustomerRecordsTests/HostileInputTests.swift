import CustomerRecords
import Foundation
import TestSupport
import Testing

@Suite("Hostile sources", .computing)
struct HostileInputTests {
    /// Repeats a pattern without holding it.
    private struct EndlessSource: ByteSource {
        let pattern: [UInt8]
        let tail: [UInt8]
        var rest: Int
        /// Bytes of the tail that were given.
        private var given = 0

        init(_ pattern: String, bytes: Int, tail: String) {
            self.pattern = Array(repeatElement(Array(pattern.utf8), count: 65_536 / pattern.utf8.count).joined())
            self.tail = Array(tail.utf8)
            rest = bytes / self.pattern.count * self.pattern.count
        }

        mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            if rest > 0 {
                let part = pattern.suffix(rest % pattern.count == 0 ? pattern.count : rest % pattern.count)
                let count = min(part.count, buffer.count)
                buffer.copyBytes(from: part.prefix(count))
                rest -= count
                return count
            }
            let part = tail[given...].prefix(buffer.count)
            given += part.count
            buffer.copyBytes(from: part)
            return part.count
        }
    }

    private static let tail = "\nJohn,25,c,1\n"

    @Test(
        "a line without end is one malformed record, and reading continues behind it",
        arguments: ["a", "a,", "\"", "\"a,", " ", "\"\"", "ž"])
    func endlessLine(pattern: String) throws {
        let outcome = try ReadOutcome(
            EndlessSource(pattern, bytes: 9 << 20, tail: Self.tail),
            options: ReaderOptions(delimiter: .comma, hasNoHeader: true))
        #expect(outcome.rejections.map(\.line) == [1])
        #expect(outcome.rejections.map(\.raw.count) == [65_536])
        #expect(outcome.rejections.map(\.reason) == [.malformed])
        #expect(outcome.customers.map(\.line) == [2])
        // No batch ends inside the line, however far it goes.
        #expect(outcome.batches.map(\.end.line) == [2, 3])
    }

    @Test("a line of 48 MB takes no more memory than a short one")
    func boundedMemory() throws {
        let source = EndlessSource("abcdefgh", bytes: 48 << 20, tail: Self.tail)
        let before = try residentBytes()
        let outcome = try ReadOutcome(source, options: ReaderOptions(hasNoHeader: true))
        #expect(outcome.customers.count == 1)
        #expect(try residentBytes() - before < 32 << 20)
    }

    /// Lines each of which, read as a record, looks for its end in all that follow.
    @Test(
        "time stays in proportion to the bytes, whatever the quotes do",
        arguments: [
            "x\",\"\n", "\"\n", "\"a\n", "a,\"\n", "\"\"\"\n", "x\",\"\"\"\n", ",\"\"\"\n", "\"\"\n", "x\",\" \n",
            "\"x\"\"\n",
            "\"\"\"\"\"\"\"", "\r", "\n", " \n", "\"\r", ",,,,,,,,", "\"a\",\"b\"\n", "a\"b\n",
        ])
    func linearTime(pattern: String) throws {
        // Scanning 64 KiB again for each line would take some thousand times as long.
        #expect(try Self.processorTime(pattern) < Self.benignTime * 60)
    }

    /// What the same length takes of records with quotes.
    private static let benignTime =
        (try? processorTime("John Doe,25,\"26555324-53df-4eb1-8835-e6c0078bb2c0\",15\n")) ?? 0

    /// The seconds that this thread computes, so that other tests don't count.
    private static func processorTime(_ pattern: String) throws -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        let source = EndlessSource(pattern, bytes: 160 << 10, tail: tail)
        _ = try ReadOutcome(source, options: ReaderOptions(delimiter: .comma, hasNoHeader: true))
        return now() - start
    }

    @Test("what a fruitless scan leaves behind does not mislead the records that follow")
    func vainScan() throws {
        let options = ReaderOptions(delimiter: .comma)
        // The scan of the first line ends far behind; the ones that start later must come to the same ends.
        for middle in ["x\",\"\n", "\"y\",\"\n", "a,25,c,1\n", "z\",\"\n\"\n"] {
            let attack = String(repeating: "x\",\"\n", count: 50) + String(repeating: middle, count: 20)
            let bytes = Array(("name,age,cookie,banner_id\n" + attack + "\"end\nb,25,d,2\n\"e\",25,f,3\n").utf8)
            let found = try ReadOutcome(bytes, options: options, chunk: 4099)
            #expect(found.customers.suffix(2).map(\.cookie) == ["d", "f"])
            #expect(try found == ReadOutcome(reference: bytes, options: options))
        }
    }

    @Test("a fruitless scan may stop anywhere in a line that is a record", arguments: -3...3)
    func vainScanStops(distance: Int) throws {
        // The first line's scan stops at its limit, outside quotes; the last line opens quotes about there.
        let last = "y,\",bbb"
        let lines = "\"x\n" + String(repeating: "aaaaaaa\n", count: 8190)
        let filling = String(repeating: "a", count: 65_537 + distance - lines.utf8.count - last.utf8.count - 1)
        let bytes = Array((lines + filling + "\n" + last + "\nz\",25,c,1\nb,25,d,2\n").utf8)
        let options = ReaderOptions(delimiter: .comma, hasNoHeader: true)
        let found = try ReadOutcome(bytes, options: options)
        #expect(found.customers.map(\.cookie) == ["d"])
        #expect(try found == ReadOutcome(reference: bytes, options: options))
    }

    @Test("a fruitless scan is forgotten when the window has moved on")
    func vainScanMoves() throws {
        let plain = String(repeating: "John Doe,25,26555324-53df-4eb1-8835-e6c0078bb2c0,15\n", count: 7500)
        let quoted = String(repeating: "\"John Doe\",25,c,15,\"two\nlines\"\n", count: 12_000)
        let outcome = try ReadOutcome(
            "name,age,cookie,banner_id,note\n" + plain + "\"open\n" + plain + quoted,
            options: ReaderOptions(allowsShortRows: true))
        #expect(outcome.customers.count == 27_000)
        #expect(outcome.rejections.map(\.line) == [7502])
    }
}

/// The resident memory of this process, from the kernel.
private func residentBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = try #require(status.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    return pages * 4096
}
