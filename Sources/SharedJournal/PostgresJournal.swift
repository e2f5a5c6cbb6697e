#if PostgreSQL
public import DeliveryModel
public import DeliveryStore
import Foundation
import Synchronization
import SystemPackage

/// What survives, in a PostgreSQL database that several nodes share.
///
/// A process that delivers is a node: it has a row that says that it lives, and writes only what belongs to it. Each
/// commit checks both in the database, so a node that was taken over can't write any more, whatever it believes.
public final class PostgresJournal: DurableStore {
    /// What a process does with the journal.
    public enum Role: Sendable {
        case delivering(NodeIdentity)
        /// Reads only, and leaves no trace.
        case looking
    }

    let settings: JournalAddress
    let directory: StateDirectory
    let folder: String
    let role: Role
    let membership = Membership()
    /// Whether the database answers, as whoever asked it last has found.
    let contact = Contact()
    /// Commits, other writes, and what is looked at: none waits for another.
    private let committing: SessionThread
    private let writing: SessionThread
    private let reading: SessionThread
    private let listing: SessionThread
    /// Sources on their way there and back.
    let moving: SessionThread
    /// Says that this node lives.
    let beating: SessionThread
    /// Divides the limits with the other nodes.
    let sharing: SessionThread
    /// Hears what other nodes announce.
    let listening: SessionThread
    let bells = Bells()
    /// Whether announcements arrive.
    let hears = Atomic(false)
    private let commits: SharedCommit
    /// Files of operators that wait to be copied into the journal.
    let localFiles = Mutex<[LocalFile]>([])
    /// The node as which the engine works.
    private let announced: Mutex<String>

    /// Connects, creates the tables or brings them up to date, and joins the nodes.
    /// - Throws: `DeliveryError`: what is wrong, and what to do.
    /// - Parameter waits: whether to begin without a database that is away, and to join when it is there.
    public init(
        _ settings: JournalAddress, _ directory: StateDirectory, _ role: Role, waits: Bool = false
    ) async throws(DeliveryError) {
        self.settings = settings
        self.directory = directory
        self.role = role
        folder = directory.path.string
        announced = Mutex(membership.id)
        committing = SessionThread("journal-commit", settings)
        writing = SessionThread("journal-write", settings)
        reading = SessionThread("journal-read", settings)
        listing = SessionThread("journal-list", settings)
        moving = SessionThread("journal-move", settings)
        beating = SessionThread("journal-beat", settings)
        sharing = SessionThread("journal-share", settings)
        listening = SessionThread("journal-listen", settings)
        let name = settings.name
        commits = SharedCommit(committing, membership, folder: folder) { Self.describe($0, name) }
        do {
            switch role {
            case .delivering(let identity):
                do {
                    try await join(identity, patience: waits ? .zero : Self.patience)
                } catch let fault as PostgreSQLFault where waits && fault.mayPass {
                    contact.lost(describe(fault))
                }
            case .looking:
                try await writing.perform { seat in try seat.use { try SharedSchema.check($0) } }
            }
        } catch {
            endThreads(cancels: true)
            throw describe(error)
        }
    }

    /// How long the database may be away before a call says so. Commits wait for it without end.
    static let patience = Duration.seconds(5)
    /// Who knows that it is away does not wait for it again.
    var patience: Duration { contact.absence == nil ? Self.patience : .zero }
    /// How long a list may take.
    static let readSeconds = 60

    private func endThreads(cancels: Bool) {
        for thread in [committing, writing, reading, listing, moving, beating, sharing, listening] {
            thread.close(cancels: cancels)
        }
    }

    /// Lets commits fail that wait for the database, and all that come later, since the process has to end.
    public func giveUp() { committing.close(cancels: true) }

    /// Ends all work; later calls throw.
    public func close() { endThreads(cancels: true) }

    /// What ended with a fault has come to its end: from here on the engine works as the node that it is now.
    public func beginCommits() {
        announce(membership.id)
        commits.begin()
    }

    /// - Returns: whether the engine knew it as another node.
    @discardableResult
    func announce(_ node: String) -> Bool {
        announced.withLock { known in
            defer { known = node }
            return known != node
        }
    }

    public func commit(
        _ operations: [JournalOperation], completion: @escaping @Sendable (DeliveryError?) -> Void
    ) {
        commits.add(operations, completion: completion)
    }

    public func enqueue(_ operations: [JournalOperation], failed: @escaping @Sendable (DeliveryError) -> Void) {
        commits.add(operations) { error in
            if let error { failed(error) }
        }
    }

    /// Looks whether the database still has what this node committed, and writes again what a server lacks that took over.
    /// - Returns: what the engine has to know when that can't be done.
    func checkNewest() async -> DeliveryError? {
        await withCheckedContinuation { continuation in
            commits.check { continuation.resume(returning: $0) }
        }
    }

    /// What the database has to have of this node.
    var newest: (commit: Int64?, write: Int64?) { (commits.last(of: membership.id), membership.lastWrite) }

    /// A node that others took over joins again here, as another one.
    public func checkWritable() async throws(DeliveryError) {
        guard case .delivering(let identity) = role else {
            throw DeliveryError(.journal, "The journal is open read-only.")
        }
        let id = membership.id
        guard membership.isMember else {
            do {
                return try await join(identity, patience: patience)
            } catch {
                throw describe(error)
            }
        }
        do throws(DeliveryError) {
            try await writeAnywhere { session in _ = try session.run("SELECT hold_node($1)", [.text(id)]) }
        } catch {
            if error == Self.gone { membership.lost(id) }
            throw error
        }
    }

    /// Why commits wait: the database is away.
    public var absence: DeliveryError? { contact.absence }

    private func join(_ identity: NodeIdentity, patience: Duration) async throws {
        try await writing.perform { [membership] seat in
            try seat.repeating(patience) {
                let (id, time) = (membership.id, ContinuousClock.now)
                try seat.use { session in
                    try SharedSchema.migrate(session)
                    try identity.join(session, as: id)
                }
                membership.joined(id, sentAt: time)
            }
        }
        try await succeed()
    }

    // MARK: The process before this one

    /// The id of the process that delivers from this state directory, which one process at a time does.
    private var nodeFile: FilePath { directory.path.appending("node") }

    /// Takes over from a process that died in the same state directory: nobody has to wait for its lease.
    private func succeed() async throws(DeliveryError) {
        let known = try? String(contentsOfFile: nodeFile.string, encoding: .utf8)
        if let node = known.flatMap(UUID.init(uuidString:))?.uuidString.lowercased(), node != membership.id {
            _ = try await takeOver(node, heartbeat: nil)
        }
        rememberNode()
    }

    /// Without the file others wait for the lease, and nothing else is lost.
    private func rememberNode() {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        try? Data(membership.id.utf8).write(to: URL(filePath: nodeFile.string), options: .atomic)
    }

    // MARK: Transactions

    /// A transaction of this node: it fails when the node is no longer a member.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (Session, _ node: String) throws -> Result
    ) async throws(DeliveryError) -> Result {
        let (node, patience) = (membership.id, patience)
        do {
            // Numbered and noted on the thread: of two writes at a time, the one that is performed first comes first.
            return try await writing.perform { [membership] seat in
                guard let (number, last) = membership.nextWrite(of: node) else { throw Self.gone }
                let (result, hasLast) = try seat.transaction(patience: patience) { session in
                    let answers = try session.run([
                        Statement("SELECT hold_node($1)", [.text(node)]),
                        Statement(
                            "SELECT note_write($1, $2, $3) AS has_last",
                            [.text(node), .integer(number), .integer(orNull: last)]),
                    ])
                    return (try body(session, node), answers[1].rows.first?.bool("has_last") ?? true)
                }
                membership.wrote(node, number, hasLast: hasLast)
                return result
            }
        } catch {
            throw describe(error)
        }
    }

    func writeAnywhere<Result: Sendable>(
        _ body: @escaping @Sendable (Session) throws -> Result
    ) async throws(DeliveryError) -> Result {
        do {
            let patience = patience
            return try await writing.perform { seat in try seat.transaction(patience: patience, body) }
        } catch {
            throw describe(error)
        }
    }

    /// - Parameter isLong: whether it may look at every row of a table.
    func read<Result: Sendable>(
        isLong: Bool = false, _ body: @escaping @Sendable (Session) throws -> Result
    ) async throws(DeliveryError) -> Result {
        do {
            let patience = patience
            return try await (isLong ? listing : reading).perform { seat in
                try seat.repeating(patience) { try seat.use(body) }
            }
        } catch {
            throw describe(error)
        }
    }

    // MARK: Errors

    static let gone = DeliveryError(
        .journal,
        "Other nodes took over from this one, since it was silent for longer than its lease. It joins again and "
            + "continues with what is free.")

    func describe(_ error: any Error) -> DeliveryError { Self.describe(error, settings.name) }

    static func describe(_ error: any Error, _ name: String) -> DeliveryError {
        if let error = error as? DeliveryError { return error }
        let journal = "The shared journal (database \(name))"
        guard let fault = error as? PostgreSQLFault else {
            return DeliveryError(.journal, "\(journal) can't be used: \(error).")
        }
        switch fault.code {
        case PostgreSQLFault.nodeIsGone:
            return gone
        case PostgreSQLFault.belongsToAnother, PostgreSQLFault.noSuchRun:
            return DeliveryError(.conflict, "\(journal) refused a change: \(fault.message).")
        case nil: return DeliveryError(.journal, "\(journal) is not available: \(fault.message).")
        case let code?:
            let what =
                switch code {
                case "28P01", "28000": "refused the login. Check the user, and the password in PGPASSFILE."
                case "3D000": "does not exist. Create it, or correct the address."
                case "42501": "does not allow this. The user needs to own the journal's tables."
                case "42P01": "is missing the tables of this version. Start a node that delivers, which creates them."
                case "26000", "42P05":
                    "is behind a pooler that forgets prepared statements. Connect to it directly, or have the pooler "
                        + "keep a connection for each session (pool_mode=session)."
                case "53100": "is on a full disk. Free up space; nothing is lost."
                default: "can't be used: \(fault.message) (\(code))."
                }
            return DeliveryError(.journal, "\(journal) \(what)")
        }
    }
}
#endif
