import Testing

@testable import DeliveryEngine

@Suite("Reading ahead")
struct ReadAheadTests {
    @Test("senders find work: more batches than may be in flight are read", arguments: [1, 2, 16, 256])
    func enough(_ concurrency: Int) {
        let alone = ReadAhead(concurrency: concurrency, runs: 1)
        #expect(alone.hasRoom(outstanding: concurrency + 1, heldMemory: 0))
        #expect(!alone.hasRoom(outstanding: 2 * concurrency + 4, heldMemory: 0))
    }

    @Test("runs share the room, and each has some", arguments: [2, 5, 100])
    func shared(_ runs: Int) {
        let readAhead = ReadAhead(concurrency: 16, runs: runs)
        #expect(readAhead.hasRoom(outstanding: 3, heldMemory: 0))
        #expect(!readAhead.hasRoom(outstanding: max(4, 36 / runs), heldMemory: 0))
    }

    @Test("large batches stop it before small ones would")
    func memory() {
        let readAhead = ReadAhead(concurrency: 16, runs: 1)
        #expect(readAhead.hasRoom(outstanding: 12, heldMemory: 16 << 20 - 1))
        #expect(!readAhead.hasRoom(outstanding: 12, heldMemory: 16 << 20))
        #expect(ReadAhead(concurrency: 64, runs: 1).hasRoom(outstanding: 12, heldMemory: 16 << 20))
    }

    @Test("whatever the others hold, a run can continue")
    func progress() {
        #expect(ReadAhead(concurrency: 1, runs: 50).hasRoom(outstanding: 1, heldMemory: .max))
    }
}
