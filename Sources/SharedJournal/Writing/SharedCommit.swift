#if PostgreSQL
import DeliveryModel
import DeliveryStore
import Foundation
import Synchronization

/// Collects operations while a commit is under way and writes all of them in the next one.
///
/// A commit has neither a time limit nor a cancellation: while the database is away it waits. When the connection is lost
/// before the answer, the same commit goes again under the same number, which the database takes once.
///
/// A server that takes over without synchronous replication lacks the newest commits. That is detected by the number of
/// the one before, and what this node committed within the last minute is written again.
final class SharedCommit: Sendable {
    private struct Entry {
        var operations: [JournalOperation]
        /// As which node this process knew these operations: as another one they are not its own to write.
        var node: String
        var completion: @Sendable (DeliveryError?) -> Void
        /// Whether the database is asked even when there is nothing to write.
        var isCheck = false
    }

    private typealias Sent = RecentCommits<JournalOperation>.Commit

    private struct State {
        var recent = RecentCommits<JournalOperation>()
        var waiting: [Entry] = []
        var isCommitting = false
        /// Why a commit failed; all later ones fail, too, since operations build on those before them.
        var failure: DeliveryError?
    }

    private let thread: SessionThread
    private let membership: Membership
    private let folder: String
    private let describe: @Sendable (any Error) -> DeliveryError
    private let state = Mutex(State())

    init(
        _ thread: SessionThread, _ membership: Membership, folder: String,
        describe: @escaping @Sendable (any Error) -> DeliveryError
    ) {
        self.thread = thread
        self.membership = membership
        self.folder = folder
        self.describe = describe
    }

    func begin() { state.withLock { $0.failure = nil } }

    func add(_ operations: [JournalOperation], completion: @escaping @Sendable (DeliveryError?) -> Void) {
        add(Entry(operations: operations, node: membership.id, completion: completion))
    }

    /// A commit that writes nothing, and finds out what is lost.
    func check(completion: @escaping @Sendable (DeliveryError?) -> Void) {
        add(Entry(operations: [], node: membership.id, completion: completion, isCheck: true))
    }

    /// The newest commit that was acknowledged.
    func last(of node: String) -> Int64? { state.withLock { $0.recent.last(of: node) } }

    private func add(_ entry: Entry) {
        let mustStart = state.withLock { state in
            state.waiting.append(entry)
            defer { state.isCommitting = true }
            return !state.isCommitting
        }
        if mustStart { commitNext() }
    }

    private func commitNext() {
        thread.submit { [self] seat in
            let (entries, failure) = state.withLock { state in
                defer { state.waiting = [] }
                return (state.waiting, state.failure)
            }
            var error = failure
            if error == nil {
                do {
                    try write(entries, on: seat.get())
                } catch let fault {
                    error = describe(fault)
                }
            }
            if let error { state.withLock { $0.failure = error } }
            for entry in entries { entry.completion(error) }
            let hasMore = state.withLock { state in
                state.isCommitting = !state.waiting.isEmpty
                return state.isCommitting
            }
            if hasMore { commitNext() }
        }
    }

    private func write(_ entries: [Entry], on seat: SessionThread.Seat) throws {
        let operations = entries.flatMap(\.operations)
        guard !operations.isEmpty || entries.contains(where: \.isCheck) else { return }
        let (node, sequence) = membership.nextCommit()
        guard entries.allSatisfy({ $0.node == node }) else {
            membership.wasFenced()
            throw PostgresJournal.gone
        }
        let commit = Sent(node: node, sequence: sequence, operations: operations, sent: .now, date: Date())
        let write = membership.lastWrite
        do {
            try send(commit, after: last(of: node), write, on: seat)
        } catch let fault as PostgreSQLFault where fault.code == PostgreSQLFault.commitsAreLost {
            try restore(node, write, on: seat)
            try send(commit, after: nil, nil, on: seat)
        }
        state.withLock { $0.recent.acknowledged(commit, now: .now) }
    }

    /// - Parameters:
    ///   - last: the commit that has to be there; `nil` when that does not matter.
    ///   - write: the transaction besides the commits that has to be there.
    private func send(_ commit: Sent, after last: Int64?, _ write: Int64?, on seat: SessionThread.Seat) throws {
        let begin = Statement(
            "SELECT begin_commit($1, $2, $3, $4)",
            [.text(commit.node), .integer(commit.sequence), .integer(orNull: last), .integer(orNull: write)])
        let writes = try commit.operations.statements(for: commit.node, in: folder)
        let statements = [Statement("BEGIN"), begin] + writes + [Statement("COMMIT")]
        do {
            _ = try seat.repeating(nil) {
                try seat.use { session in
                    do throws(PostgreSQLFault) {
                        return try session.run(statements)
                    } catch {
                        if !error.isConnectionLost { _ = try? session.run("ROLLBACK") }
                        throw error
                    }
                }
            }
        } catch let fault as PostgreSQLFault where fault.code == PostgreSQLFault.isCommitted {
            // Its answer was lost.
        } catch let fault as PostgreSQLFault where fault.code == PostgreSQLFault.nodeIsGone {
            membership.wasFenced()
            membership.lost(commit.node)
            throw fault
        } catch let fault as PostgreSQLFault where fault.code == PostgreSQLFault.belongsToAnother {
            membership.wasFenced()
            throw fault
        }
    }

    /// Writes again what this node committed and the database lacks.
    /// - Throws: when it can't be all of it. Then only what the database has holds, and the engine begins again with that.
    private func restore(_ node: String, _ write: Int64?, on seat: SessionThread.Seat) throws {
        let (known, hasWrite, runs) = try seat.repeating(nil) {
            try seat.use { session in
                let row = try session.run(
                    """
                    SELECT max(seq) AS seq, has_newest($1, NULL, $2) AS has_write FROM commit_log
                    WHERE node = $1 AND seq > 0
                    """, [.text(node), .integer(orNull: write)]
                ).rows.first
                let runs = try session.run("SELECT id FROM run WHERE owner_node = $1", [.text(node)]).rows
                    .compactMap { $0.integer("id").map(RunID.init(rawValue:)) }
                return (row?.integer("seq") ?? 0, row?.bool("has_write") ?? true, Set(runs))
            }
        }
        var (missing, isWhole) = state.withLock { $0.recent.missing(of: node, after: known) }
        isWhole = isWhole && hasWrite
        for commit in missing {
            var left = commit
            if left.leaveOut(allBut: runs) { isWhole = false }
            do {
                try send(left, after: nil, nil, on: seat)
            } catch let fault as PostgreSQLFault where fault.code != PostgreSQLFault.nodeIsGone {
                // What follows builds on it.
                isWhole = false
                break
            }
        }
        membership.noted(LostCommits(count: missing.count, since: missing.first?.date ?? Date(), areRestored: isWhole))
        guard !isWhole else { return }
        state.withLock { $0.recent = RecentCommits() }
        membership.forgetWrites()
        throw DeliveryError(
            .journal, "The shared journal lacks what this node had written: a server without it took over.")
    }
}
#endif
