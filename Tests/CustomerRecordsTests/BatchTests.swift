import CustomerRecords
import NIOCore
import Testing

@Suite("Batches")
struct BatchTests {
    private func source(_ count: Int) -> String {
        (0..<count).map { "John Doe,\(18 + $0 % 80),cookie-\($0),\($0 % 100)\n" }.joined()
    }

    private func batch(_ source: String) throws -> RecordBatch {
        var reader = RecordReader(source: MemorySource(Array(source.utf8)), options: ReaderOptions())
        var sink = DiscardingSink()
        return try #require(try reader.nextBatch(reusing: nil, rejects: &sink))
    }

    @Test("hold a thousand records each, and what is left", arguments: [0, 1, 2, 999, 1000, 1001, 2000, 2001])
    func sizes(count: Int) throws {
        let outcome = try ReadOutcome(source(count))
        let expected = [Int](repeating: 1000, count: count / 1000) + (count % 1000 > 0 ? [count % 1000] : [])
        #expect(outcome.batches.map(\.customers.count) == expected)
        #expect(outcome.customers.map(\.cookie) == (0..<count).map { "cookie-\($0)" })
        #expect(outcome.customers.map(\.line) == Array(1..<(count + 1)))
    }

    @Test("are as large as is asked for", arguments: [1, 2, 7, 100])
    func batchSize(size: Int) throws {
        let outcome = try ReadOutcome(source(100), options: ReaderOptions(batchSize: size))
        #expect(outcome.batches.dropLast().allSatisfy { $0.customers.count == size })
        #expect(outcome.customers.count == 100)
    }

    @Test("tile the source")
    func tiling() throws {
        let text = "name,age,cookie,banner_id\n\n1,1,1,1\n" + source(25) + "x\n\n" + source(3) + "\n1\n\n"
        let outcome = try ReadOutcome(text, options: ReaderOptions(batchSize: 10))
        #expect(outcome.batches.first?.start == SourcePosition(offset: 26, line: 2))
        for (batch, next) in zip(outcome.batches, outcome.batches.dropFirst()) { #expect(batch.end == next.start) }
        #expect(outcome.batches.last?.end == SourcePosition(offset: text.utf8.count, line: 37))
        #expect(outcome.batches.map(\.customers.count) == [10, 10, 8])
        #expect(outcome.batches.map(\.tally.rejected) == [1, 0, 2])
    }

    @Test("end behind their last record, so that what follows belongs to the next one")
    func boundary() throws {
        let outcome = try ReadOutcome("a,25,c,1\nx\nb,25,d,2\n", options: ReaderOptions(batchSize: 1))
        #expect(outcome.batches.map(\.end.line) == [2, 4])
        #expect(outcome.batches.map(\.tally.rejected) == [0, 1])
    }

    @Test("without a valid record are given for every 8 MiB of source")
    func vainStretch() throws {
        let lines = String(repeating: "John Doe,17,26555324-53df-4eb1-8835-e6c0078bb2c0,15\n", count: 400_000)
        let outcome = try ReadOutcome(lines)
        #expect(outcome.batches.map(\.customers.count) == [0, 0, 0])
        #expect(
            outcome.batches.dropLast().allSatisfy {
                (8 << 20..<8 << 20 + 100).contains($0.end.offset - $0.start.offset)
            })
        #expect(outcome.tally.filtered == 400_000)
        #expect(outcome.batches.allSatisfy { $0.body.isEmpty })
    }

    @Test("with few valid records continue beyond that")
    func sparseStretch() throws {
        let lines = String(repeating: "John Doe,17,26555324-53df-4eb1-8835-e6c0078bb2c0,15\n", count: 200_000)
        let outcome = try ReadOutcome("a,25,c,1\n" + lines + "b,25,d,2\n")
        #expect(outcome.batches.map(\.customers.count) == [2])
    }

    @Test("of very long records end early, wherever the source is cut")
    func longRecords() throws {
        let line = String(repeating: "a", count: 30_000) + ",25,c,1\n" + String(repeating: "John,25,d,2\n", count: 30)
        let text = Array(String(repeating: line, count: 100).utf8)
        let whole = try ReadOutcome(text, options: ReaderOptions(batchSize: 100_000))
        #expect(whole.batches.count > 2)
        #expect(whole.customers.count == 3100)
        #expect(try ReadOutcome(text, options: ReaderOptions(batchSize: 100_000), chunk: 10_007) == whole)
    }

    @Test("keep only the fields that are delivered, so that wide records don't end them early")
    func wideRecords() throws {
        let line = "John,25,c,1," + String(repeating: "x", count: 4000) + "\n"
        let outcome = try ReadOutcome(String(repeating: line, count: 1000))
        #expect(outcome.batches.map(\.customers.count) == [1000])
    }

    @Test("write each record as JSON, with the cookie as it was given")
    func body() throws {
        let batch = try batch("a,25,c,0\nb,25,\"d\"\"\\\",05\nc,25,ž👍,99\nd,25,\(String(repeating: "x", count: 60)),10")
        let items = [
            #"{"VisitorCookie":"c","BannerId":0}"#, #"{"VisitorCookie":"d\"\\","BannerId":5}"#,
            #"{"VisitorCookie":"ž👍","BannerId":99}"#,
            #"{"VisitorCookie":"\#(String(repeating: "x", count: 60))","BannerId":10}"#,
        ]
        #expect(String(buffer: batch.body) == #"{"Data":["# + items.joined(separator: ",") + "]}")
        for index in items.indices { #expect(String(buffer: batch.singleBody(of: index)) == items[index]) }
    }

    @Test("give the body of any part of them")
    func parts() throws {
        let batch = try batch(source(12))
        let items = (0..<12).map { #"{"VisitorCookie":"cookie-\#($0)","BannerId":\#($0)}"# }
        for lower in 0...12 {
            for upper in lower...12 {
                let expected = lower == upper ? "" : #"{"Data":["# + items[lower..<upper].joined(separator: ",") + "]}"
                #expect(String(buffer: batch.bulkBody(of: lower..<upper)) == expected)
            }
        }
    }

    @Test("have a checksum that every byte and their order change")
    func checksum() throws {
        let text = source(20)
        let sum = try batch(text).checksum
        #expect(try batch(text).checksum == sum)
        var sums: Set<UInt64> = [sum]
        let lines = text.split(separator: "\n")
        for index in 1..<lines.count {
            var lines = lines
            lines.swapAt(index, index - 1)
            sums.insert(try batch(lines.joined(separator: "\n")).checksum)
        }
        #expect(sums.count == 20)
        for index in 0..<20 {
            sums.insert(try batch(text.replacing("cookie-\(index),", with: "cookje-\(index),")).checksum)
        }
        #expect(sums.count == 40)
        #expect(try batch(source(19)).checksum != sum)
    }

    @Test("that a request still holds are not changed by their reuse")
    func reuse() throws {
        var reader = RecordReader(
            source: MemorySource(Array(source(30).utf8)), options: ReaderOptions(batchSize: 10))
        var sink = DiscardingSink()
        let first = try #require(try reader.nextBatch(reusing: nil, rejects: &sink))
        let body = first.body
        let text = String(buffer: body)
        let second = try #require(try reader.nextBatch(reusing: first, rejects: &sink))
        #expect(String(buffer: body) == text)
        #expect(String(buffer: first.body) == text)
        #expect(first.customer(at: 9).cookie == "cookie-9")
        #expect(second.customer(at: 0).cookie == "cookie-10")
    }

    @Test("lend their memory to the next one")
    func lending() throws {
        var reader = RecordReader(source: MemorySource(Array(source(30).utf8)), options: ReaderOptions(batchSize: 10))
        var sink = DiscardingSink()
        var batch = try reader.nextBatch(reusing: nil, rejects: &sink)
        let address = batch?.body.withUnsafeReadableBytes { $0.baseAddress }
        batch = try reader.nextBatch(reusing: batch.take(), rejects: &sink)
        #expect(batch?.body.withUnsafeReadableBytes { $0.baseAddress } == address)
    }

    @Test("are built from single records as they are read from a source")
    func building() throws {
        let rows = [("Ann", "25", "a\"b", "07"), (" B ", "0042", "c,d;e", "0"), ("Žofie", "18", "ž", "99")]
        var built = RecordBatch()
        for (index, row) in rows.enumerated() {
            let check = Validation.check(
                RecordFields(name: row.0, age: row.1, cookie: row.2, bannerID: row.3), rules: RecordRules(),
                filter: AgeFilter())
            built.append(try check.get(), line: index * 10)
        }
        built.finish(start: SourcePosition(offset: 5, line: 2), end: SourcePosition(offset: 8, line: 3))
        let read = try batch("Ann,25,a\"b,07\n\" B \",0042,\"c,d;e\",0\nŽofie,18,ž,99\n")
        #expect(built.body == read.body)
        #expect(built.checksum == read.checksum)
        #expect(built.start == SourcePosition(offset: 5, line: 2))
        #expect(built.end == SourcePosition(offset: 8, line: 3))
        for (index, row) in rows.enumerated() {
            let customer = CustomerRow(line: index * 10, name: row.0, age: row.1, cookie: row.2, bannerID: row.3)
            #expect(built.customer(at: index) == customer)
        }
        var empty = RecordBatch()
        empty.finish(start: .start, end: .start)
        #expect(empty.count == 0)
        #expect(empty.body.readableBytes == 0)
    }
}
