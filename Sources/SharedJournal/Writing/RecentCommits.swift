import struct Foundation.Date

/// What a process committed within the last minute, for a server that takes over without it.
///
/// A value without a database: it says which commit has to be there, and what is to be written again when it is not.
struct RecentCommits<Operation: Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// A commit as it was sent.
    struct Commit: Sendable {
        var node: String
        var sequence: Int64
        var operations: [Operation]
        var sent: Instant
        /// By this machine's clock, for messages.
        var date: Date
    }

    /// The newest commits that were acknowledged, oldest first.
    private var newest: [Commit] = []

    /// Longer than a failover takes.
    private static var memory: Duration { .seconds(60) }

    /// The newest that was acknowledged to a node.
    func last(of node: String) -> Int64? { newest.last.flatMap { $0.node == node ? $0.sequence : nil } }

    mutating func acknowledged(_ commit: Commit, now: Instant) {
        let kept = newest.firstIndex { $0.node == commit.node && $0.sent + Self.memory >= now } ?? newest.endIndex
        newest.removeSubrange(newest.startIndex..<kept)
        newest.append(commit)
    }

    /// What a node has to write again.
    /// - Parameter known: its newest commit that the database has.
    /// - Returns: the commits, and whether nothing older can be missing.
    func missing(of node: String, after known: Int64) -> (commits: [Commit], isComplete: Bool) {
        let kept = newest.filter { $0.node == node }
        let missing = kept.filter { $0.sequence > known }
        // What is older than all that is kept can't be told from what was never there.
        return (missing, kept.count > missing.count || known + 1 == missing.first?.sequence)
    }
}
