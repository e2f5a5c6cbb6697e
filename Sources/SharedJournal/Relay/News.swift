#if PostgreSQL
import Synchronization

/// What nodes tell each other right after they wrote it. It only saves waiting: whoever misses it, or sits behind a pooler
/// that swallows it, finds the same when it looks the next time.
enum News: String, CaseIterable {
    /// Limits or shares changed, or the API asked for a pause.
    case limits
    /// A command waits for the owner of its run.
    case commands
    /// A command was answered.
    case answers

    /// All journals of a database share it; what another one announces makes nodes look again.
    static let channel = "data_connector"

    static let listening = Statement("LISTEN \(channel)")

    /// Reaches the others when the transaction that it is part of is committed.
    var announcement: Statement { Statement("SELECT pg_notify('\(Self.channel)', $1)", [.text(rawValue)]) }
}

/// One for each kind of news.
struct Bells: Sendable {
    private let limits = Bell()
    private let commands = Bell()
    private let answers = Bell()

    subscript(_ news: News) -> Bell {
        switch news {
        case .limits: limits
        case .commands: commands
        case .answers: answers
        }
    }
}

/// Wakes those who wait for something that another node writes.
final class Bell: Sendable {
    private struct State {
        var rings = 0
        var lastWaiter = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Asked before one looks, so that no ring is missed while looking.
    var rings: Int { state.withLock { $0.rings } }

    func ring() {
        let waiting = state.withLock { state in
            state.rings += 1
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for each in waiting { each.resume() }
    }

    /// Waits for a ring after `known`, but no longer than that.
    /// - Returns: `false` when the task was canceled.
    func wait(after known: Int, atMost limit: Duration) async -> Bool {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: limit) }
            group.addTask { await self.ring(after: known) }
            await group.next()
            group.cancelAll()
        }
        return !Task.isCancelled
    }

    private func ring(after known: Int) async {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // Canceled before it waited: the handler has found nobody.
                    guard state.rings == known, !Task.isCancelled else { return true }
                    state.waiting[waiter] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume()
        }
    }
}
#endif
