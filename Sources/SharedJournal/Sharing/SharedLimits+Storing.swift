#if PostgreSQL
import DeliveryModel

extension SharedLimits {
    static func read(_ session: Session) throws -> SharedLimits {
        // The version first: what is changed while the rest is read is noticed when it is written.
        let answers = try session.run(
            [
                Statement("SELECT version FROM cluster"),
                Statement("SELECT name, value, turn, words FROM cluster_limit"),
                // Nothing more is granted to a node that may be dead.
                Statement(
                    """
                    SELECT node, share.name AS name, granted, held, revision,
                        is_busy AND beat_at > clock_timestamp() - make_interval(secs => lease / 2) AS is_busy
                    FROM share JOIN node ON node.id = share.node ORDER BY node
                    """),
            ], within: patience)
        var read = SharedLimits(version: answers[0].rows.first?.integer("version") ?? 0)
        let holders = Dictionary(grouping: answers[2].rows) { $0.text("name") }
        for row in answers[1].rows {
            if row.text("name") == hours { read.window = Hours(text: row.string("words")) }
            guard let name = ClusterLimits.Name(rawValue: row.text("name")) else { continue }
            read.shares[name] = LimitShares(
                limit: row.integer("value").map(Int.init), turn: row.integer("turn") ?? 0,
                holders: (holders[name.rawValue] ?? []).map(LimitShares.Holder.init))
        }
        return read
    }

    /// What writes it, unless another node was faster. All of it goes out together, so that a node that stops in the
    /// middle holds no lock.
    func changes(from read: SharedLimits, by node: String) -> [Statement] {
        var statements = [
            Statement("BEGIN"), Statement("SELECT change_cluster($1)", [.integer(read.version)]),
            Statement("SELECT hold_node($1)", [.text(node)]),
        ]
        for (name, shares) in shares.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let before = read.shares[name]
            if before?.limit != shares.limit || before?.turn != shares.turn || before == nil {
                statements.append(Self.store(name, shares.limit, turn: shares.turn))
            }
            for holder in shares.holders where before?[holder.node] != holder {
                statements.append(holder.stored(name, isOwn: holder.node == node))
            }
        }
        if let window, window != read.window { statements.append(Self.store(window)) }
        return statements + [News.limits.announcement, Statement("COMMIT")]
    }

    static func store(_ name: ClusterLimits.Name, _ limit: Int?, turn: Int64) -> Statement {
        Statement(
            """
            INSERT INTO cluster_limit (name, value, turn) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, turn = excluded.turn
            """, [.text(name.rawValue), .integer(orNull: limit.map(Int64.init)), .integer(turn)])
    }

    static func store(_ window: Hours) -> Statement {
        Statement(
            """
            INSERT INTO cluster_limit (name, words) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET words = excluded.words
            """, [.text(hours), .text(orNull: window.text)])
    }

    /// The row of the send window.
    private static let hours = "window"

    /// Seconds that an answer may take.
    static let patience = 5
}

extension LimitShares.Holder {
    fileprivate init(row: Row) {
        self.init(
            node: row.text("node"), granted: row.int("granted"), held: row.int("held"),
            revision: row.integer("revision") ?? 0, isBusy: row.bool("is_busy"))
    }

    /// Of a node that is gone nothing is written again.
    fileprivate func stored(_ name: ClusterLimits.Name, isOwn: Bool) -> Statement {
        let values: [Value] = [
            .text(node), .text(name.rawValue), Value(granted), Value(held), .integer(revision), .boolean(isBusy),
        ]
        let update = """
            UPDATE share SET granted = $3, held = $4, revision = $5, is_busy = $6 WHERE node = $1 AND name = $2
            """
        guard isOwn else { return Statement(update, values) }
        return Statement(
            """
            INSERT INTO share (node, name, granted, held, revision, is_busy) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (node, name) DO UPDATE SET granted = excluded.granted, held = excluded.held,
                revision = excluded.revision, is_busy = excluded.is_busy
            """, values)
    }
}

/// Until when an API wants to be left alone, by the database's clock: those of the nodes may differ.
struct APIPause: Hashable, Sendable {
    var api: String
    var left: Duration
    /// Counts the pauses, so that each is heard of once.
    var revision: Int64

    static func read(_ session: Session, of api: String?) throws -> APIPause? {
        guard let api else { return nil }
        return try session.run(
            """
            SELECT least(extract(epoch FROM until - clock_timestamp())::double precision, asked) AS left, revision
            FROM api_pause WHERE api = $1
            """, [.text(orNull: api)], within: SharedLimits.patience
        ).rows.first.map {
            // A clock that was set must not stop the nodes for longer than the API asked for.
            APIPause(
                api: api, left: .seconds(min(max($0.double("left") ?? 0, 0), 86_400)),
                revision: $0.integer("revision") ?? 0)
        }
    }

    static func write(_ session: Session, _ pause: Duration, of api: String) throws {
        try session.run(
            """
            WITH changed AS (
                INSERT INTO api_pause (api, until, revision, asked)
                VALUES ($1, clock_timestamp() + make_interval(secs => $2), 1, $2)
                ON CONFLICT (api) DO UPDATE
                SET until = excluded.until, revision = api_pause.revision + 1, asked = excluded.asked
                WHERE api_pause.until < excluded.until - interval '50 milliseconds'
                    OR api_pause.until > clock_timestamp() + make_interval(secs => api_pause.asked)
                RETURNING 1
            )
            SELECT pg_notify('\(News.channel)', '\(News.limits.rawValue)') FROM changed
            """, [.text(orNull: api), .double(pause.secondsAsDouble)], within: SharedLimits.patience)
    }
}
#endif
