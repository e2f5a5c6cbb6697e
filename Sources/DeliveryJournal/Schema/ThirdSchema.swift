import GRDB

/// What the journal learned in its third version: to forget runs, and to create one run once.
enum ThirdSchema {
    static func migrate(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE run ADD COLUMN creation INTEGER;
                CREATE UNIQUE INDEX run_creation ON run(creation) WHERE creation IS NOT NULL;
                CREATE INDEX run_ended ON run(ifnull(ended_at, started_at)) WHERE NOT is_open;
                CREATE INDEX failure_run ON failure(run);
                """)
    }
}
