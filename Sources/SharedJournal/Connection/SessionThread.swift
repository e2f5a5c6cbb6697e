#if PostgreSQL
import Foundation
import Synchronization

/// A thread that owns one connection and does one job after the other with it. Waiting for the database blocks this thread
/// only, never one that runs tasks.
///
/// `@unchecked Sendable`: `jobs` and `isClosed` are touched with the condition's lock held, the rest by the thread alone.
final class SessionThread: @unchecked Sendable {
    private let settings: JournalAddress
    private let condition = NSCondition()
    private var jobs: [() -> Void] = []
    private var isClosed = false
    private var session: Session?
    /// Since when the database has been away.
    private var awaySince: ContinuousClock.Instant?
    private let isCancelled = Atomic(false)

    init(_ name: String, _ settings: JournalAddress) {
        self.settings = settings
        let thread = Thread { [self] in work() }
        thread.name = name
        thread.start()
    }

    private func work() {
        while true {
            condition.lock()
            while jobs.isEmpty, !isClosed { condition.wait() }
            guard !jobs.isEmpty else { break }
            let job = jobs.removeFirst()
            condition.unlock()
            job()
        }
        condition.unlock()
        session = nil
    }

    /// Ends the thread when its jobs are done.
    /// - Parameter cancels: whether to end what is under way, too.
    func close(cancels: Bool) {
        if cancels { isCancelled.store(true, ordering: .relaxed) }
        condition.lock()
        isClosed = true
        condition.signal()
        condition.unlock()
    }

    /// Does a job on the thread; one that comes after the end is told that the journal is closed.
    func submit(_ job: @escaping @Sendable (Result<SessionThread.Seat, PostgreSQLFault>) -> Void) {
        condition.lock()
        let isOver = isClosed
        if !isOver {
            jobs.append { [self] in job(.success(Seat(thread: self))) }
            condition.signal()
        }
        condition.unlock()
        if isOver { job(.failure(.lost("the journal is closed"))) }
    }

    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Seat) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit { seat in continuation.resume(with: Result { try body(try seat.get()) }) }
        }
    }

    /// The thread, as a job on it sees it.
    struct Seat {
        fileprivate let thread: SessionThread

        var isCancelled: Bool { thread.isCancelled.load(ordering: .relaxed) }

        /// The connection; made when there is none.
        func session() throws(PostgreSQLFault) -> Session {
            if let session = thread.session { return session }
            guard !isCancelled else { throw .lost("the journal is closed") }
            let thread = thread
            let session = try Session(thread.settings) { thread.isCancelled.load(ordering: .relaxed) }
            thread.session = session
            return session
        }

        /// Works with the connection, and leaves it when it is lost.
        func use<Value>(_ body: (Session) throws -> Value) throws -> Value {
            do {
                return try body(try session())
            } catch let fault as PostgreSQLFault {
                if fault.isConnectionLost { thread.session = nil }
                throw fault
            }
        }

        /// A transaction, all of it or nothing. It is begun again while it can't be finished: what it does must be the
        /// same however often it is done.
        /// - Parameter patience: how long the database may be away.
        func transaction<Value>(
            patience: Duration?, _ body: (Session) throws -> Value
        ) throws -> Value {
            try repeating(patience) {
                try use { session in
                    try session.run("BEGIN")
                    do {
                        let value = try body(session)
                        try session.run("COMMIT")
                        return value
                    } catch {
                        if (error as? PostgreSQLFault)?.isConnectionLost != true { _ = try? session.run("ROLLBACK") }
                        throw error
                    }
                }
            }
        }

        /// Repeats while the database is away or asks for it.
        /// - Parameter patience: how long it may be away, by whoever noticed it first; `nil` is until the journal is
        ///   closed.
        func repeating<Value>(_ patience: Duration?, _ body: () throws -> Value) throws -> Value {
            var pause = Duration.milliseconds(20)
            while true {
                do {
                    let value = try body()
                    thread.awaySince = nil
                    return value
                } catch let fault as PostgreSQLFault where fault.isConnectionLost || fault.isTransient {
                    if isCancelled { throw fault }
                    let since = thread.awaySince ?? .now
                    thread.awaySince = since
                    if let patience, since.duration(to: .now) > patience { throw fault }
                    Thread.sleep(forTimeInterval: Double(pause.components.attoseconds) * 1e-18)
                    pause = min(pause * 2, .milliseconds(500))
                } catch {
                    // The database answered.
                    thread.awaySince = nil
                    throw error
                }
            }
        }
    }
}
#endif
