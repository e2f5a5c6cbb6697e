import DeliveryModel
import DeliveryStore

/// Follows the runs of the running process, and of the next one when that ends, until it is interrupted.
struct RunFollower: Sendable {
    let client: ControlClient
    let console: Console

    func follow(_ show: @escaping @Sendable (RunSnapshot) throws -> Void) async throws {
        let remote = RemoteDelivery(client, first: try await client.state())
        console.note(
            "Following process \(remote.process), which is using \(client.directory.path). Press Ctrl-C to quit.")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await remote.run() }
            defer { group.cancelAll() }
            var changes = RunChanges()
            var lost: String?
            for await snapshot in remote.snapshots() {
                if snapshot.lost != lost {
                    console.note(snapshot.lost ?? "Following process \(remote.process).")
                    lost = snapshot.lost
                }
                for run in changes.next(snapshot.runs, at: .now) { try show(run) }
            }
        }
    }
}
