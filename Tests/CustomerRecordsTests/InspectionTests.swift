import CustomerRecords
import Testing

@Suite("Dry runs and previews")
struct InspectionTests {
    @Test("a dry run counts for any filter what the reader would")
    func dryRun() throws {
        var generator = CSVGenerator(seed: 7)
        for _ in 0..<200 {
            let bytes = generator.records()
            guard let dryRun = try? DryRun.count(MemorySource(bytes, chunk: 11), options: ReaderOptions()) else {
                continue
            }
            for filter in [
                AgeFilter(), AgeFilter(minimum: 0), AgeFilter(minimum: 0, maximum: 0), AgeFilter(minimum: 151),
                AgeFilter(minimum: 25, maximum: 42), AgeFilter(minimum: -5, maximum: 500),
                AgeFilter(minimum: 30, maximum: 20),
            ] {
                let outcome = try ReadOutcome(bytes, options: ReaderOptions(filter: filter))
                let counts = dryRun.counts(for: filter)
                #expect(counts.valid == outcome.customers.count)
                #expect(counts.tally == outcome.tally)
                #expect(dryRun.read == counts.valid + counts.tally.rejected + counts.tally.filtered)
                #expect(dryRun.dialect == outcome.dialect)
            }
            // Padding at the end is not part of the text.
            let rest = bytes[dryRun.position...]
            #expect(rest.allSatisfy { [0, 0x1A, 0x0A, 0x0D, 0x20].contains($0) })
        }
    }

    @Test("a dry run follows the rules that it is given")
    func dryRunRules() throws {
        let source = MemorySource(Array("Žofie;25;c;1\nJohn;25;c;1\n".utf8))
        let rules = RecordRules(nameFormat: .ascii)
        let dryRun = try DryRun.count(source, options: ReaderOptions(rules: rules, delimiter: .semicolon))
        #expect(dryRun.tally[.name] == 1)
        #expect(dryRun.ages.bins[25] == 1)
        #expect(dryRun.ages.total == 1)
    }

    @Test("a dry run tells how far it is, and stops when it is told to")
    func progress() throws {
        let bytes = Array(
            String(repeating: "John Doe,25,26555324-53df-4eb1-8835-e6c0078bb2c0,15\n", count: 50_000).utf8)
        var reports: [DryRun] = []
        let whole = try DryRun.count(MemorySource(bytes), options: ReaderOptions()) {
            reports.append($0)
            return true
        }
        #expect(reports.count > 4)
        #expect(reports.map(\.position) == reports.map(\.position).sorted())
        #expect(reports.last == whole)
        #expect(whole.read == 50_000)
        let stopped = try DryRun.count(MemorySource(bytes), options: ReaderOptions()) { $0.read < 10_000 }
        #expect((10_000..<30_000).contains(stopped.read))
        struct Cancelled: Error {}
        #expect(throws: Cancelled.self) {
            try DryRun.count(MemorySource(bytes), options: ReaderOptions()) { _ in throw Cancelled() }
        }
    }

    @Test("a dry run tells how far it is inside an endless line, too")
    func progressInLine() throws {
        var reports = 0
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 4 << 20)
        _ = try DryRun.count(MemorySource(bytes), options: ReaderOptions(hasNoHeader: true)) { _ in
            reports += 1
            return true
        }
        #expect(reports > 4)
    }

    private let source = """
        \u{FEFF}name,age,cookie,banner_id
        Ann,25,c,1
        B0b,26,d,2

        Eve,17,e,3
        x
        "Last",0099,"f,g",07
        """

    @Test("a preview shows records of every kind in their order")
    func preview() throws {
        let preview = try RecordPreview(
            of: MemorySource(Array(source.utf8)), limit: 10, options: ReaderOptions())
        #expect(preview.hasByteOrderMark)
        #expect(preview.isComplete)
        #expect(preview.dialect.hasHeader)
        #expect(preview.rows.map(\.customer.line) == [2, 3, 5, 6, 7])
        #expect(preview.rows.map(\.reason) == [nil, .name, .ageFilter, .malformed, nil])
        #expect(preview.rows.map(\.customer.name) == ["Ann", "B0b", "Eve", "", "Last"])
        #expect(preview.rows.map(\.raw) == ["", "B0b,26,d,2", "", "x", ""])
        #expect(preview.rows[4].customer.fields.texts == ["Last", "0099", "f,g", "07"])
    }

    @Test("a preview has no more rows than are asked for", arguments: 0...5)
    func limit(limit: Int) throws {
        let preview = try RecordPreview(
            of: MemorySource(Array(source.utf8)), limit: limit, options: ReaderOptions())
        #expect(preview.rows.map(\.customer.line) == Array([2, 3, 5, 6, 7].prefix(limit)))
        #expect(preview.isComplete == (limit == 5))
    }

    @Test("a preview reads little of a long source")
    func previewReadsLittle() throws {
        final class Meter { var bytes = 0 }
        struct MeteredSource: ByteSource {
            let meter: Meter
            let line: [UInt8]
            mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
                var count = 0
                while buffer.count - count >= line.count {
                    UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyBytes(from: line)
                    count += line.count
                }
                meter.bytes += count
                return count
            }
        }
        for line in ["John Doe,25,c,1\n", "John,17,c,1\n", "x\n"] {
            let meter = Meter()
            let preview = try RecordPreview(
                of: MeteredSource(meter: meter, line: Array(line.utf8)), limit: 100,
                options: ReaderOptions(delimiter: .comma, hasNoHeader: true))
            #expect(preview.rows.count == 100)
            #expect(!preview.isComplete)
            #expect(meter.bytes <= RecordPreview.bound)
        }
    }
}
