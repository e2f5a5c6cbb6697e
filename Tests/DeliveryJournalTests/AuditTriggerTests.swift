import DeliveryModel
import DeliveryStore
import Foundation
import GRDB
import StoreTestSupport
import SystemPackage
import Testing

@Suite("The audit is append-only")
struct AuditTriggerTests {
    @Test("no entry is changed, and none is removed that is younger than two years")
    func triggers() async throws {
        let notebook = try await Notebook()
        let jane = Operator(who: "jane@vm", from: Operator.screen)
        let old = Date().addingTimeInterval(-AuditRetention.seconds - 86_400)
        try await notebook.store.commit([
            .audit(AuditEntry(at: Date(), by: jane, .pause)), .audit(AuditEntry(at: old, by: jane, .stop)),
        ])
        let database = try DatabaseQueue(path: notebook.directory.journal.string)
        defer { try? database.close() }
        for sql in [
            "UPDATE audit SET who = 'john@vm'", "DELETE FROM audit WHERE command = 'pause'", "DELETE FROM audit",
        ] {
            await #expect(throws: DatabaseError.self, "\(sql)") {
                try await database.write { try $0.execute(sql: sql) }
            }
        }
        try await database.write { try $0.execute(sql: "DELETE FROM audit WHERE command = 'stop'") }
        #expect(try await notebook.store.audit(AuditQuery()).map(\.command) == [.pause])
    }
}
