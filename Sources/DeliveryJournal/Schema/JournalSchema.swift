import GRDB

/// The tables of the journal.
///
/// - `run`: a run and the sums of its settled batches (those below the watermark).
/// - `batch`: batches above the watermark. A run's counts are its own sums and those of its batches.
/// - `part`: what is left of a batch that the API refused and that was split.
/// - `failure`: records that were read and not delivered, each once, in the run that read it.
/// - `failure_try`: the retries in which such a record failed again.
/// - `stored_record`: the source of retries and single submissions; `root` is the failure that a record came from.
/// - `content`: what was sent before, for as long as anybody asks; `sent_at` is below zero once its run is forgotten with
///   records that were not delivered.
/// - `total`, `total_status`: sums over all runs that have their end, also over those that are no longer there.
/// - `total_state`: how many of them are still there.
/// - `sent_period`: records that an API took in a quarter of an hour, for a few days.
/// - `list`, `list_part`, `list_entry`: what was delivered under a name; most of it lies in files beside the journal.
/// - `audit`: who did what; rows are only added, and removed when they are past their time.
enum JournalSchema {
    /// - Parameter folder: the state directory, to whose place paths become relative.
    static func migrator(_ folder: String) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: first) }
        migrator.registerMigration("2") { try SecondSchema.migrate($0, folder: folder) }
        migrator.registerMigration("totals and keys") { try $0.execute(sql: TotalsSchema.sql) }
        migrator.registerMigration("3") { try ThirdSchema.migrate($0) }
        migrator.registerMigration("totals of repeated records") { try $0.execute(sql: TotalsSchema.repeatedSQL) }
        migrator.registerMigration("4") { try FourthSchema.migrate($0) }
        migrator.registerMigration("5") { try FifthSchema.migrate($0) }
        return migrator
    }

    private static let first = """
        CREATE TABLE run (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL,
            path TEXT,
            owns_path INTEGER NOT NULL DEFAULT 0,
            fingerprint TEXT,
            dialect TEXT,
            options TEXT NOT NULL,
            state TEXT NOT NULL,
            is_open INTEGER NOT NULL,
            started_at REAL NOT NULL,
            ended_at REAL,
            seconds REAL NOT NULL DEFAULT 0,
            watermark_offset INTEGER NOT NULL DEFAULT 0,
            watermark_line INTEGER NOT NULL DEFAULT 1,
            next_sequence INTEGER NOT NULL DEFAULT 0,
            rejects_bytes INTEGER NOT NULL DEFAULT 0,
            malformed INTEGER NOT NULL DEFAULT 0,
            name INTEGER NOT NULL DEFAULT 0,
            age INTEGER NOT NULL DEFAULT 0,
            cookie INTEGER NOT NULL DEFAULT 0,
            banner_id INTEGER NOT NULL DEFAULT 0,
            age_filter INTEGER NOT NULL DEFAULT 0,
            sent INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0,
            recovered INTEGER NOT NULL DEFAULT 0,
            possible_duplicates INTEGER NOT NULL DEFAULT 0,
            requests INTEGER NOT NULL DEFAULT 0,
            retries INTEGER NOT NULL DEFAULT 0,
            statuses TEXT NOT NULL DEFAULT '{}',
            unsent_file TEXT
        );
        CREATE INDEX run_open ON run(id) WHERE is_open;

        CREATE TABLE batch (
            run INTEGER NOT NULL REFERENCES run(id),
            sequence INTEGER NOT NULL,
            state INTEGER NOT NULL,
            start_offset INTEGER NOT NULL,
            start_line INTEGER NOT NULL,
            end_offset INTEGER NOT NULL,
            end_line INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            records INTEGER NOT NULL,
            malformed INTEGER NOT NULL,
            name INTEGER NOT NULL,
            age INTEGER NOT NULL,
            cookie INTEGER NOT NULL,
            banner_id INTEGER NOT NULL,
            age_filter INTEGER NOT NULL,
            sent INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (run, sequence)
        ) WITHOUT ROWID;

        CREATE TABLE part (
            run INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            first INTEGER NOT NULL,
            count INTEGER NOT NULL,
            state INTEGER NOT NULL,
            PRIMARY KEY (run, sequence, first)
        ) WITHOUT ROWID;

        CREATE TABLE failure (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run INTEGER NOT NULL REFERENCES run(id),
            root INTEGER,
            line INTEGER NOT NULL,
            kind TEXT NOT NULL,
            reason TEXT,
            status TEXT,
            message TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            time REAL NOT NULL,
            name TEXT NOT NULL,
            age TEXT NOT NULL,
            cookie TEXT NOT NULL,
            banner_id TEXT NOT NULL,
            raw TEXT NOT NULL,
            retrying_in INTEGER,
            recovered_in INTEGER
        );
        CREATE INDEX failure_open ON failure(run, line, id) WHERE recovered_in IS NULL;
        CREATE INDEX failure_line ON failure(line, id) WHERE recovered_in IS NULL;
        CREATE INDEX failure_root ON failure(root) WHERE root IS NOT NULL;
        CREATE INDEX failure_retrying ON failure(retrying_in) WHERE retrying_in IS NOT NULL;

        CREATE TABLE stored_record (
            run INTEGER NOT NULL REFERENCES run(id),
            position INTEGER NOT NULL,
            line INTEGER NOT NULL,
            name TEXT NOT NULL,
            age TEXT NOT NULL,
            cookie TEXT NOT NULL,
            banner_id TEXT NOT NULL,
            root INTEGER,
            PRIMARY KEY (run, position)
        ) WITHOUT ROWID;

        CREATE TABLE idempotency (
            key TEXT PRIMARY KEY,
            digest BLOB NOT NULL,
            run INTEGER,
            status INTEGER,
            answer BLOB,
            created REAL NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX idempotency_created ON idempotency(created);
        """
}
