#if PostgreSQL
import DeliveryModel

/// As what a process joins the nodes.
public struct NodeIdentity: Hashable, Sendable {
    public var name: String
    public var version: String
    /// The process, as it stands in its runs.
    public var instance: String
    /// How long it may be silent before others take its runs over.
    public var lease: Duration
    /// Whether it continues runs of nodes that are gone.
    public var serves: Bool
    /// Files of operators up to so many bytes are copied into the journal, so that any node can continue with them.
    public var shareLimit: Int
    /// The limits that it was started with. Those of all nodes together hold; these are stored when there are none yet.
    public var given: GivenLimits

    public static let defaultLease = Duration.seconds(15)

    public init(
        name: String, version: String, instance: String, lease: Duration = Self.defaultLease, serves: Bool = false,
        shareLimit: Int = 0, given: GivenLimits = GivenLimits()
    ) {
        self.name = name
        self.version = version
        self.instance = instance
        self.lease = lease
        self.serves = serves
        self.shareLimit = shareLimit
        self.given = given
    }

    var limits: ClusterLimits {
        ClusterLimits(
            concurrency: given.concurrency ?? ClusterLimits().concurrency, rate: given.rate,
            dailyLimit: given.dailyLimit, window: given.window)
    }

    /// Writes the node's row; once, however often it is called with the same id.
    func join(_ session: Session, as id: String) throws {
        try session.run(
            """
            INSERT INTO node (id, name, version, instance, lease, serves, limits) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT DO NOTHING
            """,
            [
                .text(id), .text(name), .text(version), .text(instance), .double(lease.secondsAsDouble),
                .boolean(serves), try .json(given),
            ])
    }
}

extension Duration {
    var secondsAsDouble: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
#endif
