import GRDB

/// What the journal learned in its fifth version: lists of what was delivered.
enum FifthSchema {
    static func migrate(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE list (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    name TEXT NOT NULL,
                    api TEXT NOT NULL,
                    secret BLOB NOT NULL,
                    created_at REAL NOT NULL,
                    used_at REAL NOT NULL,
                    next_part INTEGER NOT NULL DEFAULT 1,
                    UNIQUE (name, api)
                );

                CREATE TABLE list_part (
                    list INTEGER NOT NULL,
                    number INTEGER NOT NULL,
                    records INTEGER NOT NULL,
                    PRIMARY KEY (list, number)
                ) WITHOUT ROWID;

                CREATE TABLE list_entry (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    list INTEGER NOT NULL,
                    keys BLOB NOT NULL
                );
                CREATE INDEX list_entry_list ON list_entry(list);
                \(TotalsSchema.deliveredBeforeSQL)
                """)
    }
}
