import Foundation
import SystemPackage
import Testing

@testable import CustomerRecords

@Suite("Repeated visitors")
struct RepeatTests {
    private let text = """
        name,age,cookie,banner_id
        Ann,25,c1,5
        Ann,25,c2,5
        Bob,30,c1,5
        Bob,30,c1,6
        Cid,17,c3,1
        Cid,25,c3,1
        Dan,25,"c1",5

        """

    private func read(_ policy: RepeatPolicy, batchSize: Int = 1000) throws -> ReadOutcome {
        try ReadOutcome(text, options: ReaderOptions(batchSize: batchSize, repeats: policy))
    }

    @Test("are sent, and nobody looks, unless that is asked for")
    func send() throws {
        let outcome = try read(.send)
        #expect(outcome.customers.count == 6 && outcome.tally.filtered == 1 && outcome.notices.isEmpty)
    }

    @Test("are sent and counted")
    func count() throws {
        let outcome = try read(.count)
        #expect(outcome.customers.count == 6 && outcome.tally.filtered == 1)
        #expect(outcome.notices == [Notice(.repeatedVisitors, count: 2, example: "line 4")])
    }

    @Test(
        "are left out, whatever the batches; a record that the age filter leaves out is not an earlier one",
        arguments: 1...7)
    func skip(batchSize: Int) throws {
        let outcome = try read(.skip, batchSize: batchSize)
        #expect(outcome.customers.map(\.line) == [2, 3, 5, 7])
        #expect(outcome.customers.map(\.cookie) == ["c1", "c2", "c1", "c3"])
        #expect(outcome.tally[.repeated] == 2 && outcome.tally[.ageFilter] == 1 && outcome.tally.filtered == 3)
        #expect(outcome.notices == [Notice(.repeatedVisitorsSkipped, count: 2, example: "line 4")])
        let items = outcome.batches.map(\.body).joined().components(separatedBy: #"{"VisitorCookie":"#).dropFirst()
        #expect(items.count == 4)
        for batch in outcome.batches where !batch.customers.isEmpty {
            let body = batch.customers.map { #"{"VisitorCookie":"\#($0.cookie)","BannerId":\#($0.bannerID)}"# }
            #expect(batch.body == #"{"Data":["# + body.joined(separator: ",") + "]}")
        }
    }

    @Test("fill batches from what follows")
    func full() throws {
        let lines = (0..<3000).map { "Ann Lee,25,cookie-\($0 / 2),7\n" }.joined()
        let outcome = try ReadOutcome(lines, options: ReaderOptions(batchSize: 700, repeats: .skip))
        #expect(outcome.batches.map(\.customers.count) == [700, 700, 100])
        #expect(outcome.customers.map(\.line) == stride(from: 1, through: 2999, by: 2).map(\.self))
        #expect(outcome.tally[.repeated] == 1500)
    }

    @Test("are known in a part of the source that is read later")
    func resumed() throws {
        let visitors = VisitorTable()
        var sink = DiscardingSink()
        let bytes = Array(text.utf8)
        let options = ReaderOptions(batchSize: 2, repeats: .skip)
        var reader = RecordReader(source: MemorySource(bytes), options: options, visitors: visitors)
        let first = try #require(try reader.nextBatch(rejects: &sink))
        let dialect = try reader.readDialect()
        var rest = RecordReader(
            source: MemorySource(Array(bytes[first.end.offset...])), options: options, resumingAt: first.end,
            dialect: dialect, visitors: visitors)
        let second = try #require(try rest.nextBatch(rejects: &sink))
        #expect((0..<second.count).map { second.customer(at: $0).line } == [5, 7])
    }

    @Test("are found by a dry run as by a run", arguments: [RepeatPolicy.count, .skip])
    func dryRun(policy: RepeatPolicy) throws {
        let filter = AgeFilter()
        let result = try DryRun.count(MemorySource(text), options: ReaderOptions(filter: filter, repeats: policy))
        let outcome = try read(policy)
        #expect(result.counts(for: filter).tally == outcome.tally)
        #expect(result.valid(with: filter) == outcome.customers.count)
        #expect(result.notices == outcome.notices && result.read == 7)
    }

    @Test("are marked in a preview")
    func preview() throws {
        let preview = try RecordPreview(
            of: MemorySource(text), limit: 20, options: ReaderOptions(repeats: .skip))
        #expect(preview.rows.filter { $0.reason == .repeated }.map(\.customer.line) == [4, 8])
        #expect(preview.notices[.repeatedVisitorsSkipped]?.count == 2)
        let counted = try RecordPreview(of: MemorySource(text), limit: 20, options: ReaderOptions(repeats: .count))
        #expect(counted.rows.allSatisfy { $0.reason != .repeated })
        #expect(counted.notices[.repeatedVisitors]?.count == 2)
    }

    @Test("are told from new ones by a table that has moved most of them to its file")
    func spilled() throws {
        let table = VisitorTable(maximumInMemory: 50)
        func isNew(_ number: Int) throws -> Bool {
            try withUnsafeBytes(of: number.littleEndian) { try table.insert($0) }
        }
        // Each number twice, far apart and close together.
        var seen: Set<Int> = []
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let number = Int.random(in: 0..<10_000, using: &random)
            #expect(try isNew(number) == seen.insert(number).inserted)
        }
        #expect(seen.count > 5_000)
    }

    @Test("leave no file behind, and say where there is no room for one")
    func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let table = VisitorTable(folder: FilePath(folder.path), maximumInMemory: 1)
        func add(_ number: UInt8) throws { try withUnsafeBytes(of: number) { _ = try table.insert($0) } }
        try add(1)
        #expect { try add(2) } throws: { "\($0)".contains(folder.path) && "\($0)".contains("Free up space") }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for number in 2..<200 { try add(UInt8(number)) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
