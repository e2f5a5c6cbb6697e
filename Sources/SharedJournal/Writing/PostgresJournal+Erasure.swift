#if PostgreSQL
public import DeliveryModel
public import DeliveryStore

extension PostgresJournal {
    /// A page in a commit, so that no other waits for long.
    public func erase(_ cookies: ErasedCookies, isDryRun: Bool) async throws(DeliveryError) -> StoreErasure {
        let rows = ErasedRows(cookies: cookies, isDryRun: isDryRun)
        var erasure = StoreErasure()
        var place: Int64? = 0
        while let key = place {
            (place, erasure) = try await step(erasure, isDryRun) { try rows.failures($0, after: key, &$1) }
        }
        var record: ErasedRows.Place? = .init(run: 0, position: -1)
        while let key = record {
            (record, erasure) = try await step(erasure, isDryRun) { try rows.storedRecords($0, after: key, &$1) }
        }
        var answer: String? = ""
        while let key = answer {
            (answer, erasure) = try await step(erasure, isDryRun) { try rows.answers($0, after: key, &$1) }
        }
        var run: Int64? = 0
        while let key = run {
            (run, erasure) = try await step(erasure, isDryRun) { try rows.notices($0, after: key, &$1) }
        }
        return erasure
    }

    private func step<Key: Sendable>(
        _ before: StoreErasure, _ isDryRun: Bool,
        _ body: @escaping @Sendable (Session, inout StoreErasure) throws -> Key?
    ) async throws(DeliveryError) -> (Key?, StoreErasure) {
        @Sendable func perform(_ session: Session) throws -> (Key?, StoreErasure) {
            var erasure = before
            return (try body(session, &erasure), erasure)
        }
        if isDryRun { return try await read(isLong: true) { try perform($0) } }
        return try await write { session, _ in try perform(session) }
    }

    /// Writes the tables again without the rows that were removed.
    public func overwriteErased() async throws(DeliveryError) -> [ErasureReport.Remainder] {
        try await read(isLong: true) { session in
            // Each has to be a transaction of its own.
            for table in ["failure", "stored_record", "idempotency", "run"] {
                try session.script("VACUUM (FULL) \(table)")
            }
        }
        return [
            .init(
                "The database's backups, standbys and write-ahead log may keep what was erased until they are recycled.",
                isStored: false),
            .init(
                "Other nodes have rejected.csv, unsent files, uploads and logs of their own: erase on each of them, too.",
                isStored: false),
        ]
    }

    public func erasableSources() async throws(DeliveryError) -> [ErasableSource] {
        try await read(isLong: true) { session in
            try session.run("SELECT id, path, owns_path, fingerprint, is_open FROM run WHERE path IS NOT NULL")
                .rows.map { row in
                    ErasableSource(
                        run: RunID(rawValue: row.integer("id") ?? 0), location: try LocatedSource(row: row).location,
                        isOpen: row.bool("is_open"))
                }
        }
    }
}

/// Erases, or counts, a page of each table's rows.
private struct ErasedRows: Sendable {
    struct Place: Sendable {
        var run: Int64
        var position: Int64
    }

    let cookies: ErasedCookies
    let isDryRun: Bool
    private static let page = 500

    func failures(_ session: Session, after last: Int64, _ erasure: inout StoreErasure) throws -> Int64? {
        let rows = try session.run(
            """
            SELECT failure.id, failure.run, line, was_rejected, failure.cookie, raw, message, recovered_in, dismissed_at,
                retrying_in, local_day, is_open,
                coalesce((SELECT is_open FROM run AS other WHERE other.id = retrying_in), false) AS is_sent
            FROM failure JOIN run ON run.id = failure.run WHERE failure.id > $1 ORDER BY failure.id
            LIMIT \(Self.page)
            """, [.integer(last)]
        ).rows
        for row in rows {
            let isTheirs = cookies.isTheirs(cookie: row.text("cookie"), raw: row.text("raw"))
            if row.bool("is_open") || row.bool("is_sent") {
                let run = row.integer(row.bool("is_open") ? "run" : "retrying_in") ?? 0
                if isTheirs { erasure.open[RunID(rawValue: run), default: 0] += 1 }
            } else if isTheirs {
                erasure.add(1, .failures)
                if let day = row.string("local_day") { erasure.days.insert(LocalDay(rawValue: day)) }
                if !isDryRun { try remove(row, session) }
            } else if let message = cookies.removed(from: row.text("message")) {
                erasure.add(1, .failures)
                if !isDryRun {
                    try session.run(
                        "UPDATE failure SET message = $1 WHERE id = $2",
                        [.text(message), .integer(row.integer("id") ?? 0)])
                }
            }
        }
        return rows.count == Self.page ? rows.last?.integer("id") : nil
    }

    /// As if it were dismissed: the run's sums stay true.
    private func remove(_ row: Row, _ session: Session) throws {
        let id = Value.integer(row.integer("id") ?? 0)
        let run = Value.integer(row.integer("run") ?? 0)
        let failedIn = row.bool("was_rejected") ? Value.null : run
        let isListed = row.string("recovered_in") == nil && row.string("dismissed_at") == nil
        if isListed {
            try session.run(
                """
                UPDATE run SET dismissed = dismissed + 1
                WHERE id = $1 OR id IN (SELECT run FROM failure_try WHERE failure = $2)
                """, [failedIn, id])
        }
        // A key that leads to it would no longer tell how it ended.
        try session.run(
            "DELETE FROM idempotency WHERE run = $1 AND position = $2 AND status IS NULL",
            [run, Value(row.int("line") - 1)])
        try session.run("DELETE FROM failure_try WHERE failure = $1", [id])
        try session.run("DELETE FROM failure WHERE id = $1", [id])
    }

    func storedRecords(_ session: Session, after last: Place, _ erasure: inout StoreErasure) throws -> Place? {
        let rows = try session.run(
            """
            SELECT stored_record.run, position, stored_record.cookie, is_open
            FROM stored_record JOIN run ON run.id = stored_record.run
            WHERE (stored_record.run, position) > ($1, $2) ORDER BY stored_record.run, position LIMIT \(Self.page)
            """, [.integer(last.run), .integer(last.position)]
        ).rows
        for row in rows where cookies.contains(row.text("cookie")) {
            let run = row.integer("run") ?? 0
            if row.bool("is_open") {
                erasure.open[RunID(rawValue: run), default: 0] += 1
            } else {
                erasure.add(1, .storedRecords)
                if !isDryRun {
                    try session.run(
                        "DELETE FROM stored_record WHERE run = $1 AND position = $2",
                        [.integer(run), .integer(row.integer("position") ?? 0)])
                }
            }
        }
        guard rows.count == Self.page, let row = rows.last, let run = row.integer("run"),
            let position = row.integer("position")
        else { return nil }
        return Place(run: run, position: position)
    }

    func answers(_ session: Session, after last: String, _ erasure: inout StoreErasure) throws -> String? {
        let rows = try session.run(
            "SELECT key, answer FROM idempotency WHERE key > $1 ORDER BY key LIMIT \(Self.page)", [.text(last)]
        ).rows
        for row in rows {
            let key = row.text("key")
            let answer = String(decoding: row.bytes("answer") ?? [], as: UTF8.self)
            if cookies.isFound(in: key) {
                erasure.add(1, .storedAnswers)
                if !isDryRun { try session.run("DELETE FROM idempotency WHERE key = $1", [.text(key)]) }
            } else if let text = cookies.removed(fromAnswer: answer) {
                erasure.add(1, .storedAnswers)
                if !isDryRun {
                    try session.run(
                        "UPDATE idempotency SET answer = $1 WHERE key = $2", [.bytes(Array(text.utf8)), .text(key)])
                }
            }
        }
        return rows.count == Self.page ? rows.last?.text("key") : nil
    }

    func notices(_ session: Session, after last: Int64, _ erasure: inout StoreErasure) throws -> Int64? {
        let rows = try session.run(
            "SELECT id, notices, is_open FROM run WHERE id > $1 AND notices <> '[]' ORDER BY id LIMIT \(Self.page)",
            [.integer(last)]
        ).rows
        for row in rows where !row.bool("is_open") {
            guard let text = cookies.removed(from: row.text("notices")) else { continue }
            erasure.add(1, .notices)
            if !isDryRun {
                try session.run(
                    "UPDATE run SET notices = $1 WHERE id = $2", [.text(text), .integer(row.integer("id") ?? 0)])
            }
        }
        return rows.count == Self.page ? rows.last?.integer("id") : nil
    }
}
#endif
