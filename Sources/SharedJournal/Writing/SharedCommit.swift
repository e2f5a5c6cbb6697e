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
/// A server that takes over without synchronous replication lacks the newest commits. That is found out by the number of
/// the one before, and what this node committed within the last minute is written again.
final class SharedCommit: Sendable {
    private struct Entry {
        var operations: [JournalOperation]
        /// As which node this process knew these facts: as another one they are not its own to write.
        var node: String
        var completion: @Sendable (DeliveryError?) -> Void
    }

    /// A commit as it was sent.
    private struct Sent {
        var node: String
        var sequence: Int64
        var facts: [Statement]
        var time = Date()
    }

    private struct State {
        /// The newest commits that were acknowledged, oldest first.
        var newest: [Sent] = []
        var waiting: [Entry] = []
        var isCommitting = false
        /// Why a commit failed; all later ones fail, too, since facts build on those before them.
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
        let mustStart = state.withLock { state in
            state.waiting.append(Entry(operations: operations, node: membership.id, completion: completion))
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
            let goesOn = state.withLock { state in
                state.isCommitting = !state.waiting.isEmpty
                return state.isCommitting
            }
            if goesOn { commitNext() }
        }
    }

    private func write(_ entries: [Entry], on seat: SessionThread.Seat) throws {
        let operations = entries.flatMap(\.operations)
        guard !operations.isEmpty else { return }
        let (node, sequence) = membership.nextCommit()
        guard entries.allSatisfy({ $0.node == node }) else {
            membership.wasFenced()
            throw PostgresJournal.gone
        }
        let facts = try operations.flatMap { try $0.statements(for: node, in: folder) }
        let commit = Sent(node: node, sequence: sequence, facts: facts)
        let last = state.withLock { $0.newest.last.flatMap { $0.node == node ? $0.sequence : nil } }
        do {
            try send(commit, after: last, on: seat)
        } catch let fault as PostgreSQLFault where fault.code == PostgreSQLFault.commitsAreLost {
            try restore(node, on: seat)
            try send(commit, after: nil, on: seat)
        }
        state.withLock { state in
            let (minute, first) = (Date().addingTimeInterval(-Self.memory), state.newest.startIndex)
            let old = state.newest.firstIndex { $0.node == node && $0.time >= minute } ?? state.newest.endIndex
            state.newest.removeSubrange(first..<old)
            state.newest.append(commit)
        }
    }

    /// Seconds for which commits are kept: longer than a failover takes.
    private static let memory = 60.0

    /// - Parameter last: the commit that has to be there; `nil` when that does not matter.
    private func send(_ commit: Sent, after last: Int64?, on seat: SessionThread.Seat) throws {
        let (node, sequence) = (Value.text(commit.node), Value.integer(commit.sequence))
        let begin =
            last.map { Statement("SELECT begin_commit($1, $2, $3)", [node, sequence, .integer($0)]) }
            ?? Statement("SELECT begin_commit($1, $2)", [node, sequence])
        let statements = [Statement("BEGIN"), begin] + commit.facts + [Statement("COMMIT")]
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
    private func restore(_ node: String, on seat: SessionThread.Seat) throws {
        let known = try seat.repeating(nil) {
            try seat.use { session in
                try session.run("SELECT max(seq) AS seq FROM commit_log WHERE node = $1", [.text(node)]).rows.first?
                    .integer("seq") ?? 0
            }
        }
        let newest = state.withLock { $0.newest.filter { $0.node == node } }
        let missing = newest.filter { $0.sequence > known }
        // What is older than all that is kept can't be told from what was never there.
        var isWhole = newest.count > missing.count || known + 1 == missing.first?.sequence
        for commit in missing {
            do {
                try send(commit, after: nil, on: seat)
            } catch let fault as PostgreSQLFault where fault.code != PostgreSQLFault.nodeIsGone {
                // Its run is lost, too, or another node has it by now.
                isWhole = false
            }
        }
        membership.noted(LostCommits(count: missing.count, since: missing.first?.time ?? Date(), areRestored: isWhole))
    }
}
#endif
