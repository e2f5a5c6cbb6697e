#if PostgreSQL
import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import StoreTestSupport
import SystemPackage

@testable import SharedJournal

/// Nodes with a journal of their own, each with its state directory.
final class Crew: Sendable {
    let address: JournalAddress
    private let folder = FileManager.default.temporaryDirectory.appending(path: "crew-\(UUID().uuidString)")

    init(_ cluster: TestCluster = .shared) throws { address = try cluster.schema() }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func directory(_ name: String) throws -> StateDirectory {
        let directory = StateDirectory(path: FilePath(folder.appending(path: name).path))
        try directory.create()
        return directory
    }

    /// Nobody renews its lease, so it is as long as can be.
    func join(
        _ name: String, serves: Bool = true, given: GivenLimits = GivenLimits(),
        waits: Bool = false, shareLimit: Int = 0
    ) async throws -> PostgresJournal {
        try await PostgresJournal(
            address, directory(name),
            .delivering(
                NodeIdentity(
                    name: name, version: "1", instance: "process-\(name)", lease: .seconds(300),
                    serves: serves, shareLimit: shareLimit, given: given)), waits: waits)
    }

    static func owner(_ name: String) -> RunOwner { RunOwner(node: name, instance: "process-\(name)") }
}

extension PostgresJournal {
    /// How often its node said that it lives.
    func takeOverNow(_ other: PostgresJournal) async throws -> [RunID]? {
        try await takeOver(other.membership.id, heartbeat: nil)
    }
}
#endif
