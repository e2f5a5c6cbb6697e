import CustomerRecords
import DeliveryModel
import DeliveryStore
import HTTPListener
import StoreTestSupport
import Testing

@testable import ConnectorCommands

@Suite("Keys of the listener's clients in the journal")
struct KeyTests {
    @Test("an outcome that a client was told is what the key says, though it is only on its way to the disk")
    func toldOutcome() async throws {
        let notebook = try await Notebook(source: .submissions)
        let keys = JournalIdempotencyStore(journal: notebook.journal)
        let fields = RecordFields(name: "Jane Doe", age: "30", cookie: "c", bannerID: "1")
        let claim = KeyClaim(key: "key", digest: [1])
        let row = BatchRow(
            sequence: 0, state: .sending, start: SourcePosition(offset: 0, line: 1),
            end: SourcePosition(offset: 1, line: 1), checksum: 1, records: 1, tally: RecordTally())
        try await notebook.store.commit([
            .store(notebook.run, position: 0, StoredRecord(line: 1, fields: fields), claim: claim),
            .plan(notebook.run, row, rejects: [], rejectsBytes: 0),
        ])
        #expect(try await keys.find("key")?.outcome == .pending)
        notebook.store.enqueue([.acknowledge(notebook.run, sequence: 0, records: 0..<1, isWhole: true)]) { _ in }
        #expect(try await keys.find("key")?.outcome == .sent)
        #expect(try await keys.find("other") == nil)
    }
}
