import Foundation
import Synchronization

/// As what this process is known to the others: an id for as long as its row is there, the number of its next commit, and
/// when it last said that it lives.
final class Membership: Sendable {
    private struct State {
        var id: String
        /// How many memberships were lost.
        var lives = 0
        var isMember = false
        var lastCommit: Int64 = 0
        /// When the newest renewal that arrived was sent.
        var renewed: ContinuousClock.Instant?
        var takeovers = 0
        var fencedCommits = 0
        var held = Duration.zero
        var lostCommits: [LostCommits] = []
    }

    private let state: Mutex<State>
    private let makeID: @Sendable (Int) -> String

    /// - Parameter makeID: gives each membership, by its number, an id that nobody had before.
    init(makeID: @escaping @Sendable (Int) -> String = { _ in UUID().uuidString.lowercased() }) {
        self.makeID = makeID
        state = Mutex(State(id: makeID(0)))
    }

    var id: String { state.withLock { $0.id } }
    var isMember: Bool { state.withLock { $0.isMember } }
    var takeovers: Int { state.withLock { $0.takeovers } }

    /// Whether others can't have taken over from this node yet.
    func isFresh(_ lease: Duration, at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            guard state.isMember, let renewed = state.renewed else { return false }
            return renewed.duration(to: now) < lease * 0.8
        }
    }

    func nextCommit() -> (node: String, sequence: Int64) {
        state.withLock { state in
            state.lastCommit += 1
            return (state.id, state.lastCommit)
        }
    }

    func joined(_ id: String, sentAt time: ContinuousClock.Instant) {
        state.withLock { state in
            guard state.id == id else { return }
            state.isMember = true
            state.renewed = max(state.renewed ?? time, time)
        }
    }

    var fencedCommits: Int { state.withLock { $0.fencedCommits } }
    var held: Duration { state.withLock { $0.held } }

    /// The database refused what is no longer this node's.
    func wasFenced() { state.withLock { $0.fencedCommits += 1 } }
    /// A request waited for the lease.
    func wasHeld(for duration: Duration) { state.withLock { $0.held += duration } }

    /// The database lacks what it had acknowledged.
    func noted(_ lost: LostCommits) { state.withLock { $0.lostCommits.append(lost) } }

    /// What was lost since this was asked last.
    func takeLostCommits() -> [LostCommits] {
        state.withLock { state in
            defer { state.lostCommits = [] }
            return state.lostCommits
        }
    }

    func tookOver() { state.withLock { $0.takeovers += 1 } }

    /// Somebody took over what was this node's. It can only join again as another one.
    func lost(_ id: String) {
        state.withLock { state in
            guard state.id == id else { return }
            state.isMember = false
            state.lives += 1
            state.id = makeID(state.lives)
            state.lastCommit = 0
            state.renewed = nil
        }
    }
}
