#if PostgreSQL
import DeliveryModel
import SharedJournal
import Synchronization

/// The nodes for whoever looks at them: read once a second, and only while somebody does.
final class ShownNodes: NodesControl {
    private struct State {
        var newest = NodesSnapshot()
        var asked: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private static let interval = Duration.seconds(1)
    /// Who has not asked for so long has stopped looking.
    private static let attention = Duration.seconds(5)

    func nodesSnapshot() -> NodesSnapshot? {
        state.withLock { state in
            state.asked = .now
            return state.newest
        }
    }

    /// Reads until the task is canceled.
    func run(_ journal: PostgresJournal) async {
        var next = ContinuousClock.now
        while (try? await Task.sleep(for: Self.interval / 10)) != nil {
            let isWatched = state.withLock { $0.asked.map { $0.duration(to: .now) < Self.attention } ?? false }
            guard isWatched, next <= .now else { continue }
            do throws(DeliveryError) {
                let read = try await journal.nodes()
                state.withLock { $0.newest = read }
            } catch {
                // What was read last stands, and says how old it is.
                state.withLock { $0.newest.fault = error.message }
            }
            next = .now + Self.interval
        }
    }
}
#endif
