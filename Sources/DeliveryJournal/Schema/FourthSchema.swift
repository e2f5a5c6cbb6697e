import DeliveryStore
import GRDB

/// What the journal learned in its fourth version: who did what, and how many records were sent when.
enum FourthSchema {
    static func migrate(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE sent_period (
                    api TEXT NOT NULL,
                    period INTEGER NOT NULL,
                    records INTEGER NOT NULL,
                    PRIMARY KEY (api, period)
                ) WITHOUT ROWID;

                CREATE TABLE audit (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    at REAL NOT NULL,
                    who TEXT NOT NULL,
                    asked_from TEXT NOT NULL,
                    command TEXT NOT NULL,
                    run INTEGER,
                    records INTEGER,
                    creation INTEGER NOT NULL UNIQUE
                );
                CREATE INDEX audit_run ON audit(run) WHERE run IS NOT NULL;
                CREATE INDEX audit_at ON audit(at);
                CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
                    SELECT RAISE(ABORT, 'the audit is never changed');
                END;
                CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
                    WHEN OLD.at > strftime('%s', 'now') - \(Int(AuditRetention.seconds)) BEGIN
                    SELECT RAISE(ABORT, 'the audit is kept for two years');
                END;
                """)
        // What today's runs have sent so far, as well as it is known: a limit of records a day counts it.
        try database.execute(
            sql: """
                INSERT INTO sent_period (api, period, records)
                    SELECT api, CAST(started_at / \(Int(SentPeriod.seconds)) AS INTEGER) AS number, sum(sent)
                    FROM run WHERE api IS NOT NULL AND sent > 0
                        AND started_at > strftime('%s', 'now') - \(Int(AuditRetention.countSeconds))
                    GROUP BY api, number
                """)
    }
}
