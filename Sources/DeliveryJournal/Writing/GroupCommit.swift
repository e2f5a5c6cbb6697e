import DeliveryModel
import DeliveryStore
import Dispatch
import GRDB
import Synchronization

/// Collects operations while a commit is under way and writes all of them in the next one, so that concurrent batches
/// share the cost of the disk.
///
/// Waiting is by continuation and not by task: what was handed over is committed even when its task is canceled.
/// When a commit fails, all later ones fail, too: operations build on those before them.
final class GroupCommit: Sendable {
    private struct Entry {
        var operations: [JournalOperation]
        var completion: @Sendable (Result<Void, any Error>) -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        var isCommitting = false
        var isTimerSet = false
        /// Why a commit failed.
        var failure: (any Error)?
    }

    private let queue: DatabaseQueue
    private let folder: String
    /// How long operations that nobody waits for may wait for others to share their commit.
    private static let patience = DispatchTimeInterval.milliseconds(2)
    private let state = Mutex(State())

    /// - Parameter folder: the state directory.
    init(_ queue: DatabaseQueue, folder: String) {
        self.queue = queue
        self.folder = folder
    }

    /// Commits again after one has failed, when nothing builds on what is missing.
    func begin() { state.withLock { $0.failure = nil } }

    /// Hands operations over; `completion` is called when they are durable or when the commit failed.
    func add(_ operations: [JournalOperation], completion: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        let mustStart = state.withLock { state in
            state.waiting.append(Entry(operations: operations, completion: completion))
            if state.isCommitting { return false }
            state.isCommitting = true
            return true
        }
        if mustStart { commitNext() }
    }

    /// Hands over operations that can wait a little for a commit that is due anyway.
    func addPatiently(
        _ operations: [JournalOperation], completion: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) {
        let mustSetTimer = state.withLock { state in
            state.waiting.append(Entry(operations: operations, completion: completion))
            if state.isCommitting || state.isTimerSet { return false }
            state.isTimerSet = true
            return true
        }
        guard mustSetTimer else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { [self] in
            let mustStart = state.withLock { state in
                state.isTimerSet = false
                if state.isCommitting || state.waiting.isEmpty { return false }
                state.isCommitting = true
                return true
            }
            if mustStart { commitNext() }
        }
    }

    private func commitNext() {
        queue.asyncWriteWithoutTransaction { [self] database in
            let (entries, failure) = state.withLock { state in
                defer { state.waiting = [] }
                return (state.waiting, state.failure)
            }
            let result = Result {
                if let failure { throw failure }
                try write(entries, to: database)
            }
            if case .failure(let error) = result { state.withLock { $0.failure = error } }
            for entry in entries { entry.completion(result) }
            let hasMore = state.withLock { state in
                state.isCommitting = !state.waiting.isEmpty
                return state.isCommitting
            }
            // Scheduled again for each commit, so that other writes have their turn between two, however much arrives.
            if hasMore { commitNext() }
        }
    }

    private func write(_ entries: [Entry], to database: Database) throws {
        try database.inTransaction(.immediate) {
            var tally = CommitTally()
            for entry in entries {
                for operation in entry.operations { try operation.apply(to: database, in: folder, tallying: &tally) }
            }
            try tally.write(to: database)
            return .commit
        }
    }
}
