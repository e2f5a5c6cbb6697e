import DeliveryModel
import DeliveryStore
import Foundation
import GRDB

/// What the journal learned in its second version: to which API and profile a run belongs, whose it is, what its source
/// was, and one row for each undelivered record however often it was tried.
enum SecondSchema {
    static func migrate(_ database: Database, folder: String) throws {
        try database.execute(sql: columns)
        try mergeFailures(database)
        try nameDays(database)
        try makePathsRelative(database, folder)
    }

    private static let columns = """
        ALTER TABLE run ADD COLUMN api TEXT;
        ALTER TABLE run ADD COLUMN profile TEXT;
        ALTER TABLE run ADD COLUMN rules_version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE run ADD COLUMN content_hash BLOB;
        ALTER TABLE run ADD COLUMN content_length INTEGER;
        ALTER TABLE run ADD COLUMN local_day TEXT;
        ALTER TABLE run ADD COLUMN node TEXT;
        ALTER TABLE run ADD COLUMN owner TEXT;
        ALTER TABLE run ADD COLUMN submitted_by TEXT;
        ALTER TABLE run ADD COLUMN notices TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE run ADD COLUMN records_in_doubt INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE run ADD COLUMN hold TEXT;
        ALTER TABLE run ADD COLUMN waiting_until REAL;
        ALTER TABLE run ADD COLUMN duplicate_of INTEGER;
        ALTER TABLE run ADD COLUMN recovered_failed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE run ADD COLUMN dismissed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE run ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE run ADD COLUMN delivered_before INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX run_day ON run(local_day);

        ALTER TABLE batch ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE batch ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE batch ADD COLUMN delivered_before INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE part ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0;

        ALTER TABLE failure ADD COLUMN tries INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE failure ADD COLUMN was_rejected INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE failure ADD COLUMN dismissed_at REAL;

        CREATE TABLE failure_try (
            run INTEGER NOT NULL REFERENCES run(id),
            failure INTEGER NOT NULL,
            PRIMARY KEY (run, failure)
        ) WITHOUT ROWID;
        CREATE INDEX failure_try_failure ON failure_try(failure);

        CREATE TABLE content (
            hash BLOB NOT NULL,
            api TEXT NOT NULL,
            options TEXT NOT NULL,
            run INTEGER NOT NULL,
            length INTEGER NOT NULL,
            sent_at REAL NOT NULL,
            PRIMARY KEY (hash, api, run)
        ) WITHOUT ROWID;
        CREATE INDEX content_length ON content(length);
        """

    /// A record that failed in a retry, too, had a row of its own for each time. What it failed with last moves to its
    /// first row.
    private static func mergeFailures(_ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE failure SET was_rejected = 1, tries = 0 WHERE kind = 'rejected';
                UPDATE run SET recovered_failed = (
                    SELECT count(*) FROM failure
                    WHERE failure.run = run.id AND recovered_in IS NOT NULL AND kind <> 'rejected'
                );
                INSERT OR IGNORE INTO failure_try (run, failure)
                    SELECT run, root FROM failure WHERE root IS NOT NULL ORDER BY run, root;
                UPDATE failure SET
                    kind = last.kind, reason = NULL, status = last.status, message = last.message,
                    time = last.time, name = last.name, age = last.age, cookie = last.cookie,
                    banner_id = last.banner_id, attempts = failure.attempts + sums.attempts,
                    tries = failure.tries + sums.tries
                FROM
                    (SELECT root AS first, max(id) AS id, sum(attempts) AS attempts, count(*) AS tries
                        FROM failure WHERE root IS NOT NULL GROUP BY root) AS sums
                    JOIN failure AS last ON last.id = sums.id
                WHERE failure.id = sums.first;
                DELETE FROM failure WHERE root IS NOT NULL;
                DROP INDEX failure_root;
                ALTER TABLE failure DROP COLUMN root;
                """)
    }

    /// The best that can be said of runs that began before their day was stored.
    private static func nameDays(_ database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT id, started_at FROM run") {
            let day = LocalDay(Date(timeIntervalSince1970: row["started_at"]))
            try database.execute(
                sql: "UPDATE run SET local_day = ? WHERE id = ?", arguments: [day.rawValue, row["id"] as Int64])
        }
    }

    private static func makePathsRelative(_ database: Database, _ folder: String) throws {
        for row in try Row.fetchAll(database, sql: "SELECT id, path FROM run WHERE owns_path AND path IS NOT NULL") {
            let name = (row["path"] as String).split(separator: "/").last.map(String.init)
            try database.execute(sql: "UPDATE run SET path = ? WHERE id = ?", arguments: [name, row["id"] as Int64])
        }
        for row in try Row.fetchAll(database, sql: "SELECT id, unsent_file FROM run WHERE unsent_file IS NOT NULL") {
            let path: String = row["unsent_file"]
            // The directory may have been moved since.
            let here = "unsent/" + (path.split(separator: "/").last.map(String.init) ?? "")
            let isHere = FileManager.default.fileExists(atPath: "\(folder)/\(here)")
            let stored = isHere ? here : RelativePath.stored(path, in: folder)
            try database.execute(
                sql: "UPDATE run SET unsent_file = ? WHERE id = ?", arguments: [stored, row["id"] as Int64])
        }
    }
}
