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
        /// Of the transactions besides the commits: the last that was begun, and the last that was acknowledged.
        var begunWrite: Int64 = 0
        var lastWrite: Int64?
        /// When the newest renewal that arrived was sent.
        var renewed: ContinuousClock.Instant?
        var takeovers = 0
        var fencedCommits = 0
        var held = Duration.zero
        var lostCommits: [LostCommits] = []
        var isLossSuspected = false
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

    /// The number of a transaction besides the commits, and the last that has to be there. Asked for one after the other,
    /// each when it is performed: a standby that has one has those before it, so that only the last is looked for.
    /// - Returns: `nil` when the process is another node by now.
    func nextWrite(of node: String) -> (number: Int64, last: Int64?)? {
        state.withLock { state in
            guard state.id == node else { return nil }
            state.begunWrite += 1
            return (state.begunWrite, state.lastWrite)
        }
    }

    /// - Parameter hasLast: whether the database has the one that has to be there.
    func wrote(_ node: String, _ number: Int64, hasLast: Bool) {
        state.withLock { state in
            guard state.id == node else { return }
            // The one that is missing stays the last, so that it is noticed.
            if hasLast || state.lastWrite == nil { state.lastWrite = number } else { state.isLossSuspected = true }
        }
    }

    /// The newest transaction besides the commits that has to be there; `nil` when there was none.
    var lastWrite: Int64? { state.withLock { $0.lastWrite } }

    /// The database lacks some of them, and that is known.
    func forgetWrites() { state.withLock { $0.lastWrite = nil } }

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

    /// The database seems to lack what it had acknowledged.
    func suspectLoss() { state.withLock { $0.isLossSuspected = true } }

    func takeSuspicion() -> Bool {
        state.withLock { state in
            defer { state.isLossSuspected = false }
            return state.isLossSuspected
        }
    }

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
            (state.lastCommit, state.begunWrite, state.lastWrite) = (0, 0, nil)
            state.renewed = nil
        }
    }
}
