#if PostgreSQL
extension LearnedRates {
    /// What the other nodes tell of an API.
    static func read(_ session: Session, of api: String, besides node: String) throws -> [String: Report] {
        let rows = try session.run(
            "SELECT node, rate, taken FROM learned_rate WHERE api = $1 AND node <> $2", [.text(api), .text(node)],
            within: SharedLimits.patience
        ).rows
        return Dictionary(
            rows.map { ($0.text("node"), Report(rate: $0.double("rate") ?? 0, taken: $0.double("taken") ?? 0)) },
            uniquingKeysWith: { $1 })
    }

    /// Tells the others; `nil` takes back what was told.
    static func write(_ session: Session, _ report: Report?, of api: String, by node: String) throws {
        guard let report else {
            try session.run(
                "DELETE FROM learned_rate WHERE api = $1 AND node = $2", [.text(api), .text(node)],
                within: SharedLimits.patience)
            return
        }
        try session.run(
            """
            INSERT INTO learned_rate (api, node, rate, taken) SELECT $1, id, $3, $4 FROM node WHERE id = $2
            ON CONFLICT (api, node) DO UPDATE SET rate = excluded.rate, taken = excluded.taken
            """, [.text(api), .text(node), .double(report.rate), .double(report.taken)], within: SharedLimits.patience)
    }
}
#endif
