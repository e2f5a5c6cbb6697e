import Foundation
import NIOCore
import Testing

@testable import CustomerRecords

@Suite("Records that were delivered before")
struct DeliveredTests {
    private static let secret = DeliverySecret(first: 0x0706_0504_0302_0100, second: 0x0f0e_0d0c_0b0a_0908)

    private static let text = """
        name,age,cookie,banner_id
        Ann,25,c1,5
        Bob,17,c2,5
        Cid,30,"c3",6
        X_Y,30,c4,6
        Dan,40,c5,7
        Eve,41,c6,8

        """

    private static func source(_ text: String) -> MemorySource { MemorySource(Array(text.utf8)) }

    @Test("keys are SipHash-2-4 of 128 bits, as its authors' example has it")
    func vectors() {
        func key(_ count: Int) -> DeliveryKey {
            (0..<count).map(UInt8.init).withUnsafeBytes { DeliveryKey(of: $0, secret: Self.secret) }
        }
        #expect(key(0) == DeliveryKey(high: 0xe6a8_25ba_047f_81a3, low: 0x9302_55c7_1472_f66d))
        #expect(key(1) == DeliveryKey(high: 0x44af_996b_d8c1_87da, low: 0x45fc_229b_1159_7634))
    }

    @Test("a key depends on the cookie, the banner and the secret, and not on how the record was written")
    func keys() throws {
        var scan = DeliveryKeyScan(
            RecordReader(source: Self.source(Self.text), options: ReaderOptions()), secret: Self.secret)
        var keys: [DeliveryKey] = []
        while try scan.next(keys.count + 1, into: &keys) {}
        let expected = [("c1", 5), ("c3", 6), ("c5", 7), ("c6", 8)].map {
            DeliveryKey(cookie: $0.0, bannerID: $0.1, secret: Self.secret)
        }
        #expect(keys == expected)
        let others = [
            DeliveryKey(cookie: "c1", bannerID: 6, secret: Self.secret),
            DeliveryKey(cookie: "c1", bannerID: 5, secret: DeliverySecret(first: 1, second: 2)),
            DeliveryKey(cookie: "c", bannerID: 15, secret: Self.secret),
        ]
        #expect(Set(expected + others).count == 7)
    }

    private static func newRecords(_ bits: [Bool]) -> NewRecords {
        var records = NewRecords()
        records.append(bits)
        return records
    }

    @Test("are left out, whatever the batches, and counted; the others stay whole", arguments: 1...5)
    func leftOut(batchSize: Int) throws {
        let newRecords = Self.newRecords([false, true, false, true])
        let options = ReaderOptions(batchSize: batchSize)
        var first = RecordReader(source: Self.source(Self.text), options: options)
        let dialect = try first.readDialect()
        let start = dialect.firstRecord
        var reader = RecordReader(
            source: Self.source(String(Self.text.dropFirst(start.offset))), options: options, resumingAt: start,
            dialect: dialect, newRecords: newRecords)
        var ignored = DiscardingSink()
        var (cookies, tally): ([String], RecordTally) = ([], RecordTally())
        while let batch = try reader.nextBatch(rejects: &ignored) {
            tally += batch.tally
            for record in 0..<batch.count {
                let row = batch.customer(at: record)
                cookies.append(row.cookie)
                #expect(
                    String(buffer: batch.singleBody(of: record))
                        == #"{"VisitorCookie":"\#(row.cookie)","BannerId":\#(row.bannerID)}"#)
            }
        }
        #expect(cookies == ["c3", "c6"] && reader.recordNumber == 4)
        #expect(tally[.deliveredBefore] == 2 && tally[.ageFilter] == 1 && tally[.name] == 1)
        let counted = try DryRun.count(Self.source(Self.text), options: options, newRecords: newRecords)
        let outcome = counted.counts(for: options.filter)
        #expect(outcome.valid == 2 && outcome.tally == tally && counted.read == 6)
    }

    @Test("what is new comes back from its file, can be cut, and says nothing that it does not know")
    func bits() throws {
        var generator = SystemRandomNumberGenerator()
        for count in [0, 1, 63, 64, 65, 1000] {
            let bits = (0..<count).map { _ in Bool.random(using: &generator) }
            var records = Self.newRecords(bits)
            #expect(NewRecords(bytes: records.bytes) == records)
            #expect((0..<count).map(records.isNew) == bits && records.isNew(count))
            let part = count / 2
            records.truncate(to: part)
            #expect(records == Self.newRecords(Array(bits[..<part])))
            records.append(bits[part...])
            #expect(records == Self.newRecords(bits))
            #expect(NewRecords(bytes: records.bytes.dropLast()) == nil)
        }
        #expect(NewRecords(bytes: Array("something else".utf8)) == nil)
    }
}
