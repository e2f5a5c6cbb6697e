/// How the nodes of a shared journal do, and what this process had to do with others, for metrics.
public struct NodeFigures: Hashable, Sendable {
    /// Nodes that live, and those whose heartbeat is older than their lease; `nil` when the journal can't tell.
    public var live: Int?
    public var silent: Int?
    /// Nodes that this process took over from.
    public var takeovers: Int
    /// Commits of this process that the journal refused, since others had taken over.
    public var fencedCommits: Int
    /// Seconds for which requests of this process waited for its lease.
    public var heldSeconds: Double

    public init(live: Int? = nil, silent: Int? = nil, takeovers: Int, fencedCommits: Int, heldSeconds: Double) {
        self.live = live
        self.silent = silent
        self.takeovers = takeovers
        self.fencedCommits = fencedCommits
        self.heldSeconds = heldSeconds
    }
}
