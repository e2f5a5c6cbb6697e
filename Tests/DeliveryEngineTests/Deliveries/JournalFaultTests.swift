import CustomerRecords
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import ShowAdsAPI
import Synchronization
import TestSupport
import Testing

@testable import DeliveryEngine

/// How many operations a disk still takes.
private final class Room: Sendable {
    let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }
}

/// A journal on a disk that is full after so many operations.
private final class FullDisk: CommitLog {
    private let journal: Journal
    private let room: Room
    private static let error = DeliveryError(.journal, "The journal is on a full disk. Free up space.")

    init(_ journal: Journal, room: Room) {
        self.journal = journal
        self.room = room
    }

    static func with(_ room: Room) -> @Sendable (Journal) -> any CommitLog {
        { FullDisk($0, room: room) }
    }

    func commit(_ operations: [JournalOperation], completion: @escaping @Sendable (DeliveryError?) -> Void) {
        guard take(operations.count) else { return completion(Self.error) }
        journal.commit(operations, completion: completion)
    }

    func enqueue(_ operations: [JournalOperation], failed: @escaping @Sendable (DeliveryError) -> Void) {
        guard take(operations.count) else { return failed(Self.error) }
        journal.enqueue(operations, failed: failed)
    }

    func beginCommits() { journal.beginCommits() }
    func checkWritable() async throws(DeliveryError) { try await journal.checkWritable() }

    private func take(_ count: Int) -> Bool {
        room.left.withLock { left in
            left -= count
            return left >= 0
        }
    }
}

@Suite("Nothing leaves that is not journaled", .timeLimit(.minutes(30)))
struct JournalFaultTests {
    @Test("a disk that gets full stops the run; with room it continues", arguments: [0, 1, 2, 5, 20, 60])
    func fullDisk(_ room: Int) async throws {
        let folder = try TemporaryFolder()
        let api = FakeBannerAPI()
        let run = try await withEngine(api, in: folder, commits: FullDisk.with(Room(room))) { workplace in
            let summary = try await workplace.deliver(records: 5000, batchSize: 100)
            guard case .failed(let reason) = summary.state else {
                Issue.record("\(summary.state)")
                return summary.id
            }
            #expect(reason.contains("full disk"))
            #expect(api.ledger.requests.count <= room, "each request needs an intent")
            // No other run begins either.
            #expect(await codeThrown { _ = try await workplace.start(records: 1, named: "other.csv") } == .journal)
            return summary.id
        }
        try await withEngine(api, in: folder) { workplace in
            try await workplace.engine.resume(run)
            let summary = try await workplace.engine.finished(run)
            #expect(summary.state == .done)
            #expect(summary.counts.sent == 5000)
            #expect(api.ledger.cookies.count == 5000)
            #expect(api.ledger.duplicates <= summary.possibleDuplicates)
        }
    }

    @Test("a submission that can't be made durable is not accepted")
    func submission() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api, commits: FullDisk.with(Room(0))) { workplace in
            await #expect(throws: DeliveryError.self) {
                _ = try await workplace.engine.submit(
                    RecordFields(name: "Jane Doe", age: "30", cookie: "c", bannerID: "1"))
            }
            #expect(api.ledger.requests.isEmpty)
        }
    }

    @Test("with room again, the same process takes records and continues with those it had", arguments: [0, 3, 10])
    func recovery(_ room: Int) async throws {
        let api = FakeBannerAPI()
        let disk = Room(room)
        try await withEngine(api, commits: FullDisk.with(disk)) { workplace in
            let engine = workplace.engine
            #expect(await !engine.recover(), "nothing is wrong yet")
            var accepted: [SubmissionReceipt] = []
            do {
                while true {
                    let cookie = "c\(accepted.count)"
                    let fields = RecordFields(name: "Jane Doe", age: "30", cookie: cookie, bannerID: "1")
                    accepted.append(try await engine.submit(fields))
                }
            } catch {
                #expect((error as? DeliveryError)?.code == .journal)
            }
            for receipt in accepted { _ = await receipt.outcome() }
            #expect(engine.snapshot().fault != nil)

            disk.left.withLock { $0 = .max }
            try await until { await engine.recover() }
            #expect(engine.snapshot().fault == nil)
            if let run = accepted.first?.run {
                // What was accepted continues by itself.
                #expect(try await engine.finished(run).counts.sent == accepted.count)
            }
            let receipt = try await engine.submit(
                RecordFields(name: "Jane Doe", age: "30", cookie: "later", bannerID: "1"))
            #expect(await receipt.outcome() == .sent)
            #expect(api.ledger.cookies.count == accepted.count + 1)
        }
    }
}
