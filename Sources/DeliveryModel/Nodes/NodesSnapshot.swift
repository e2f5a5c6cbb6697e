public import struct Foundation.Date

/// The nodes of a shared journal at one moment.
public struct NodesSnapshot: Hashable, Codable, Sendable {
    /// The id of the node that tells of the others.
    public var own: String
    /// Those of the last day, by name; nodes that are gone, too.
    public var nodes: [NodeRecord]
    /// What all of them together may use; `nil` before the first one has delivered.
    public var limits: ClusterLimits?
    /// When it was read; `nil` while it was not.
    public var readAt: Date?
    /// Why it could not be read since, in one line.
    public var fault: String?

    public init(own: String = "", nodes: [NodeRecord] = [], limits: ClusterLimits? = nil, readAt: Date? = nil) {
        self.own = own
        self.nodes = nodes
        self.limits = limits
        self.readAt = readAt
    }

    /// Nodes that are not gone.
    public var present: [NodeRecord] { nodes.filter { $0.state != .gone } }
    public var live: Int { nodes.count { $0.state == .live } }
}

/// The nodes as the terminal UI sees them.
public protocol NodesControl: Sendable {
    /// The newest; `nil` where the journal is not shared. Cheap: no waiting, no I/O.
    func nodesSnapshot() -> NodesSnapshot?
}
