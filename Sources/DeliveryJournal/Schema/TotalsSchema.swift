import DeliveryStore

/// Running sums over the runs that have their end, which triggers keep: so sums over all runs cost no more with a million
/// of them. They are not reduced when a run is removed.
///
/// Also the position of a single record whose key led to it.
enum TotalsSchema {
    /// Columns of a run that are summed.
    static let columns = secondColumns + ["delivered_before"]

    /// Those that were summed until the fifth version.
    private static let secondColumns = firstColumns + ["repeated"]

    /// Those that were summed from the beginning.
    private static let firstColumns = [
        "malformed", "name", "age", "cookie", "banner_id", "age_filter", "sent", "failed", "possible_duplicates",
        "records_in_doubt", "requests", "retries", "seconds",
    ]

    static var sql: String {
        let columns = firstColumns
        return """
            ALTER TABLE idempotency ADD COLUMN position INTEGER;

            CREATE TABLE total (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                \(columns.map { "\($0) NUMERIC NOT NULL DEFAULT 0" }.joined(separator: ", "))
            );
            INSERT INTO total SELECT 1, \(columns.map { "total(\($0))" }.joined(separator: ", ")) FROM run WHERE NOT is_open;

            CREATE TABLE total_status (status TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
            INSERT INTO total_status
                SELECT key, sum(value) FROM run, json_each(run.statuses) WHERE NOT is_open GROUP BY key;

            CREATE TABLE total_state (state TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
            INSERT INTO total_state SELECT \(word("state")), count(*) FROM run WHERE NOT is_open GROUP BY 1;

            \(triggers(columns))
            CREATE TRIGGER run_removed AFTER DELETE ON run WHEN NOT OLD.is_open BEGIN
                UPDATE total_state SET count = count - 1 WHERE state = \(word("OLD.state"));
            END;
            CREATE TRIGGER run_renamed AFTER UPDATE OF state ON run
                WHEN NOT OLD.is_open AND NOT NEW.is_open AND OLD.state IS NOT NEW.state BEGIN
                UPDATE total_state SET count = count - 1 WHERE state = \(word("OLD.state"));
                INSERT INTO total_state VALUES (\(word("NEW.state")), 1) ON CONFLICT DO UPDATE SET count = count + 1;
            END;
            """
    }

    /// Sums repeated records, too, of which there were none before.
    static var repeatedSQL: String {
        """
        ALTER TABLE total ADD COLUMN repeated NUMERIC NOT NULL DEFAULT 0;
        \(replacing(secondColumns))
        """
    }

    /// Sums records that were delivered before, too, of which there were none before.
    static var deliveredBeforeSQL: String {
        """
        ALTER TABLE total ADD COLUMN delivered_before NUMERIC NOT NULL DEFAULT 0;
        \(replacing(columns))
        """
    }

    private static func replacing(_ columns: [String]) -> String {
        """
        DROP TRIGGER run_closed;
        DROP TRIGGER run_reopened;
        DROP TRIGGER run_refused;
        \(triggers(columns))
        """
    }

    private static func triggers(_ columns: [String]) -> String {
        """
        \(trigger("run_closed", "UPDATE OF is_open", "OLD.is_open AND NOT NEW.is_open", "NEW", "+", columns))
        \(trigger("run_reopened", "UPDATE OF is_open", "NEW.is_open AND NOT OLD.is_open", "OLD", "-", columns))
        \(trigger("run_refused", "INSERT", "NOT NEW.is_open", "NEW", "+", columns))
        """
    }

    /// The first key of a stored state, which says which one it is.
    private static func word(_ state: String) -> String {
        "(SELECT key FROM json_each(\(state)) LIMIT 1)"
    }

    private static func trigger(
        _ name: String, _ event: String, _ condition: String, _ row: String, _ sign: String,
        _ columns: [String]
    ) -> String {
        """
        CREATE TRIGGER \(name) AFTER \(event) ON run WHEN \(condition) BEGIN
            UPDATE total SET \(columns.map { "\($0) = \($0) \(sign) \(row).\($0)" }.joined(separator: ", "));
            INSERT INTO total_status SELECT key, \(sign) value FROM json_each(\(row).statuses) WHERE true
                ON CONFLICT DO UPDATE SET count = count + excluded.count;
            INSERT INTO total_state VALUES (\(word("\(row).state")), \(sign) 1)
                ON CONFLICT DO UPDATE SET count = count + excluded.count;
        END;
        """
    }
}
