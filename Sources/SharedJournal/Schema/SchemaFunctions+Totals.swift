#if PostgreSQL
import DeliveryStore

/// Sums over all runs, and the audit.
extension SchemaFunctions {
    /// The audit is added to. Nothing in it is changed, or removed before its time.
    static let audit =
        function(
            "keep_audit()", returns: "trigger",
            """
            BEGIN
                IF TG_OP = 'DELETE' AND OLD.at <= extract(epoch FROM now()) - \(Int(AuditRetention.seconds)) THEN
                    RETURN OLD;
                END IF;
                RAISE EXCEPTION 'the audit is never changed, and kept for two years';
            END
            """)
            + """
            DROP TRIGGER IF EXISTS audit_kept ON audit;
            CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_audit();

            """

    static let totals =
        """
        CREATE OR REPLACE FUNCTION leading_integer(t text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $body$
            SELECT coalesce(substring(t FROM '^\\s*([+-]?[0-9]{1,18})')::bigint, 0)
        $body$;
        CREATE OR REPLACE FUNCTION state_key(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $body$
            SELECT k FROM json_object_keys(t::json) AS k LIMIT 1
        $body$;

        """
        + function(
            "add_totals(x run, w integer)",
            """
            BEGIN
                UPDATE total SET \(RunColumns.list(RunColumns.summed) { "\($0) = total.\($0) + w * x.\($0)" });
                INSERT INTO total_status SELECT key, w * value::bigint FROM json_each_text(x.statuses::json)
                    ON CONFLICT (status) DO UPDATE SET count = total_status.count + excluded.count;
                INSERT INTO total_state VALUES (state_key(x.state), w)
                    ON CONFLICT (state) DO UPDATE SET count = total_state.count + excluded.count;
            END
            """)
        + function(
            "count_run()", returns: "trigger",
            """
            BEGIN
                IF TG_OP = 'INSERT' THEN
                    IF NOT NEW.is_open THEN PERFORM add_totals(NEW, 1); END IF;
                ELSIF TG_OP = 'DELETE' THEN
                    IF NOT OLD.is_open THEN
                        UPDATE total_state SET count = count - 1 WHERE total_state.state = state_key(OLD.state);
                    END IF;
                ELSIF OLD.is_open AND NOT NEW.is_open THEN
                    PERFORM add_totals(NEW, 1);
                ELSIF NEW.is_open AND NOT OLD.is_open THEN
                    PERFORM add_totals(OLD, -1);
                ELSIF NOT NEW.is_open AND OLD.state IS DISTINCT FROM NEW.state THEN
                    UPDATE total_state SET count = count - 1 WHERE total_state.state = state_key(OLD.state);
                    INSERT INTO total_state VALUES (state_key(NEW.state), 1)
                        ON CONFLICT (state) DO UPDATE SET count = total_state.count + 1;
                END IF;
                RETURN NULL;
            END
            """)
            + """
            DROP TRIGGER IF EXISTS run_counted ON run;
            CREATE TRIGGER run_counted AFTER INSERT OR DELETE OR UPDATE OF is_open, state ON run
                FOR EACH ROW EXECUTE FUNCTION count_run();

            """
}
#endif
