import Foundation

/// Commits that a database had acknowledged, and the one that took over from it lacks.
struct LostCommits: Hashable, Sendable {
    var count: Int
    /// When the first of them was made, by this machine's clock.
    var since: Date
    /// Whether all of them were written again.
    var areRestored: Bool

    /// What happened, and what follows.
    var message: String {
        let what =
            "The shared journal lacks the newest \(count) commits of this node, since "
            + "\(since.formatted(.iso8601)): a server without them took over."
        guard !areRestored else { return "\(what) They were written again; nothing is lost." }
        return what + " Not all of them could be written again: what was accepted since then may be missing, and "
            + "records may be sent again without being counted as possible duplicates."
    }
}
