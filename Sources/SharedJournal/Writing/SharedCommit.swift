#if PostgreSQL
import DeliveryModel
import DeliveryStore
import Foundation
import Synchronization

/// Collects operations while a commit is under way and writes all of them in the next one.
///
/// A commit has neither a time limit nor a cancellation: while the database is away it waits. When the connection is lost
/// before the answer, the same commit goes again under the same number, which the database takes once.
final class SharedCommit: Sendable {
    private struct Entry {
        var operations: [JournalOperation]
        /// As which node this process knew these facts: as another one they are not its own to write.
        var node: String
        var completion: @Sendable (DeliveryError?) -> Void
    }

    private struct State {
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
        var statements = [
            Statement("BEGIN"), Statement("SELECT begin_commit($1, $2)", [.text(node), .integer(sequence)]),
        ]
        for operation in operations { statements += try operation.statements(for: node, in: folder) }
        statements.append(Statement("COMMIT"))
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
            membership.lost(node)
            throw fault
        } catch let fault as PostgreSQLFault where fault.code == PostgreSQLFault.belongsToAnother {
            membership.wasFenced()
            throw fault
        }
    }
}
#endif
