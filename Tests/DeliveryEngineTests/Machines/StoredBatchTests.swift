import CustomerRecords
import DeliveryModel
import DeliveryStore
import Testing

@testable import DeliveryEngine

@Suite("Records that lie in the store")
struct StoredBatchTests {
    @Test("are sent again whatever rules hold now")
    func acceptedByOtherRules() throws {
        let fields = [
            RecordFields(name: "Conan O’Brien", age: "25.0", cookie: "c1", bannerID: "1"),
            RecordFields(name: "R2D2", age: "30", cookie: "c\u{200B}2", bannerID: "2.0"),
        ]
        let records = fields.map { StoredRecord(line: 1, fields: $0) }
        let batch = try RecordBatch(stored: records, from: 0, run: RunID(rawValue: 1))
        #expect(batch.count == 2)
        #expect((0..<2).map { batch.customer(at: $0).cookie } == ["c1", "c\u{200B}2"])
        #expect(batch.end.offset == 2)
    }
}
