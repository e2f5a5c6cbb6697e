import CustomerRecords
import TestSupport
import Testing

@Suite("Chunks and resumption", .computing)
struct ChunkTests {
    private static let source = Array(
        ("\u{FEFF}Name;Age;Cookie;Banner_id\r\n" + "John Doe;25;26555324-53df-4eb1-8835-e6c0078bb2c0;15\r\n"
            + "\"Žofie \";\" 30\";c;1\r\n\"Anna\"\"\";30;c;1\r\n Bob ;40;\"d;\r\ne\";2\r\n\r\nEve;17;f;3\r\n"
            + "Ma\u{301}ria;50;\"g\"\"h\";4;\r\nx\r\n\"open;51;i;5\r\nLast;52;j;6").utf8)

    /// Gives its bytes in two reads.
    private struct SplitSource: ByteSource {
        var parts: [ArraySlice<UInt8>]

        mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            parts.removeAll(where: \.isEmpty)
            guard !parts.isEmpty else { return 0 }
            let part = parts[0].prefix(buffer.count)
            parts[0] = parts[0].dropFirst(part.count)
            buffer.copyBytes(from: part)
            return part.count
        }
    }

    @Test("a source cut at any byte reads the same")
    func everyCut() throws {
        let whole = try ReadOutcome(Self.source)
        #expect(whole.customers.map(\.cookie) == ["26555324-53df-4eb1-8835-e6c0078bb2c0", "c", "g\"h", "j"])
        for cut in 0...Self.source.count {
            let split = SplitSource(parts: [Self.source[..<cut], Self.source[cut...]])
            #expect(try ReadOutcome(split) == whole, "cut at \(cut)")
        }
    }

    @Test("chunks of any size read the same", arguments: 1...16)
    func everyChunk(chunk: Int) throws {
        #expect(try ReadOutcome(Self.source, chunk: chunk) == ReadOutcome(Self.source))
    }

    /// Between the places that are tried of those where something may end; each of them when more is asked for.
    private static let step = FuzzTests.factor > 1 ? 1 : 5

    @Test("a record reads the same wherever the window ends", arguments: [0, 1, 2])
    func windowEnds(form: Int) throws {
        // The window is half a megabyte; a filling of every length puts its end at each place of the records.
        let lines = [
            "John Doe,25,26555324-53df-4eb1-8835-e6c0078bb2c0,15\r\n", "\"John Doe\",\"25\",\"a\r\n\"\"b\",\"15\"\r\n",
            "Žofie,25,ž,15\r\n",
        ]
        let period = lines[form].utf8.count
        let count = 560_000 / period
        let records = String(repeating: lines[form], count: count)
        for filling in stride(from: 0, through: period, by: Self.step) {
            let bytes = Array((String(repeating: " ", count: filling) + "\n" + records).utf8)
            let result = try DryRun.count(MemorySource(bytes), options: ReaderOptions())
            #expect(result.read == count)
            #expect(result.tally[.cookie] == (form == 1 ? count : 0))
        }
    }

    @Test("what the window held before is never read again")
    func staleBytes() throws {
        // All lines are alike, so at some length of the last one what stands behind it in the window would complete it.
        let line = Array("John Doe,25,26555324-53df-4eb1-8835-e6c0078bb2c0,15\n".utf8)
        let lines = Array(repeatElement(line, count: 11_000).joined())
        for length in stride(from: 0, to: line.count, by: Self.step) {
            let tail = Array(line[..<length])
            let alone = try DryRun.count(
                MemorySource(tail), options: ReaderOptions(delimiter: .comma, hasNoHeader: true))
            let found = try DryRun.count(
                MemorySource(lines + tail), options: ReaderOptions(delimiter: .comma, hasNoHeader: true))
            #expect(found.ages.total == 11_000 + alone.ages.total)
            #expect(found.tally == alone.tally)
        }
    }

    @Test("a line end that is cut behind an endless line is one")
    func cutLineEnd() throws {
        let line = [UInt8](repeating: UInt8(ascii: "a"), count: 70_000)
        for (ending, cut) in [("\r\n", 1), ("\r\n", 0), ("\r\n", 2), ("\r", 1)] {
            let bytes = line + Array((ending + "b,25,d,2\n").utf8)
            let split = SplitSource(parts: [bytes[..<(line.count + cut)], bytes[(line.count + cut)...]])
            let outcome = try ReadOutcome(split, options: ReaderOptions(delimiter: .comma, hasNoHeader: true))
            #expect(outcome.customers.map(\.line) == [2])
            #expect(outcome.batches.last?.end == SourcePosition(offset: bytes.count, line: 3))
        }
    }

    @Test("reading resumes at the end of any batch, whatever its size")
    func resumption() throws {
        for batchSize in [1, 2] {
            let options = ReaderOptions(batchSize: batchSize)
            let whole = try ReadOutcome(Self.source, options: options)
            for (index, batch) in whole.batches.enumerated() {
                let rest = try ReadOutcome(
                    Self.source, options: options, resumingAt: batch.end, dialect: whole.dialect, chunk: 5)
                #expect(rest.batches == Array(whole.batches[(index + 1)...]))
            }
            let again = try ReadOutcome(
                Self.source, options: options, resumingAt: whole.dialect.firstRecord, dialect: whole.dialect)
            #expect(again == whole)
        }
    }

    @Test("a batch is formed again from its part of the source alone")
    func rereading() throws {
        var generator = CSVGenerator(seed: 11)
        for _ in 0..<300 {
            let bytes = generator.records()
            guard let whole = try? ReadOutcome(bytes, options: ReaderOptions(batchSize: 3)) else { continue }
            for batch in whole.batches {
                var options = ReaderOptions(batchSize: max(1, batch.customers.count))
                options.delimiter = nil
                let part = try ReadOutcome(
                    Array(bytes[..<batch.end.offset]), options: options, resumingAt: batch.start,
                    dialect: whole.dialect)
                #expect(part.batches.first?.body == batch.body)
                #expect(part.batches.first?.customers == batch.customers)
            }
        }
    }

    @Test("errors of the source and of the sink come through")
    func errors() throws {
        struct Failure: Error {}
        struct BrokenSource: ByteSource {
            var rest = MemorySource(Array("a,25,c,1\n".utf8))
            mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                let count = rest.read(into: buffer)
                if count == 0 { throw Failure() }
                return count
            }
        }
        struct FullSink: RejectedRecordSink {
            mutating func rejected(line: Int, fault: RecordFault, raw: UnsafeRawBufferPointer) throws {
                throw Failure()
            }
        }
        #expect(throws: Failure.self) { try ReadOutcome(BrokenSource()) }
        var reader = RecordReader(source: MemorySource("name,age,cookie,banner_id\nx\n"), options: ReaderOptions())
        var sink = FullSink()
        #expect(throws: Failure.self) { try reader.nextBatch(reusing: nil, rejects: &sink) }
    }

    @Test("the dialect is the same however often it is asked for")
    func dialectTwice() throws {
        var reader = RecordReader(source: MemorySource(Self.source), options: ReaderOptions())
        let dialect = try reader.readDialect()
        #expect(reader.position == dialect.firstRecord)
        #expect(try reader.readDialect() == dialect)
        var expected = CSVDialect(
            delimiter: .semicolon, hasHeader: true, columns: .standard,
            firstRecord: SourcePosition(offset: 30, line: 2), notices: [Notice(.delimiter, example: "semicolon")])
        expected.showsUTF8 = true
        #expect(dialect == expected)
    }
}
