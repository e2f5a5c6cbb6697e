#if PostgreSQL
import DeliveryStore

/// What the database does by itself, so that a commit of many facts goes there and back once, and so that no node writes
/// what is no longer its own.
enum SchemaFunctions {
    static let all = fences + batches + failures + runs + totals + audit

    private static func function(_ head: String, returns type: String = "void", _ body: String) -> String {
        "CREATE OR REPLACE FUNCTION \(head) RETURNS \(type) LANGUAGE plpgsql AS $body$\n\(body)\n$body$;\n"
    }

    // MARK: Fences

    private static let fences =
        function(
            "hold_node(n uuid)",
            """
            BEGIN
                PERFORM 1 FROM node WHERE id = n FOR SHARE;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'the node is no longer a member' USING ERRCODE = '\(PostgreSQLFault.nodeIsGone)';
                END IF;
            END
            """)
        + function(
            "begin_commit(n uuid, s bigint)",
            """
            BEGIN
                PERFORM hold_node(n);
                INSERT INTO commit_log VALUES (n, s) ON CONFLICT DO NOTHING;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'commit % is there already', s USING ERRCODE = '\(PostgreSQLFault.isCommitted)';
                END IF;
                IF s % 64 = 0 THEN DELETE FROM commit_log WHERE node = n AND seq < s - 64; END IF;
            END
            """)
        + function(
            "require_owner(n uuid, r bigint)",
            """
            BEGIN
                IF NOT EXISTS (SELECT 1 FROM run WHERE id = r AND owner_node = n) THEN
                    IF EXISTS (SELECT 1 FROM run WHERE id = r) THEN
                        RAISE EXCEPTION 'run % belongs to another node', r
                            USING ERRCODE = '\(PostgreSQLFault.belongsToAnother)';
                    END IF;
                    RAISE EXCEPTION 'there is no run %', r USING ERRCODE = '\(PostgreSQLFault.noSuchRun)';
                END IF;
            END
            """)

    // MARK: Batches

    private static let batches =
        function(
            """
            op_plan(n uuid, r bigint, s bigint, st integer, so bigint, sl bigint, eo bigint, el bigint, ck bigint,
                rec bigint, tally bigint[], rejects json, rb bigint, at double precision)
            """,
            """
            BEGIN
                PERFORM require_owner(n, r);
                INSERT INTO batch (run, sequence, state, start_offset, start_line, end_offset, end_line, checksum,
                    records, \(RunColumns.list(RunColumns.reasons) { $0 }))
                SELECT r, s, st, so, sl, eo, el, ck, rec,
                    \(RunColumns.reasons.indices.map { "tally[\($0 + 1)]" }.joined(separator: ", "))
                WHERE s >= coalesce((SELECT next_sequence FROM run WHERE id = r), 0)
                ON CONFLICT DO NOTHING;
                IF NOT FOUND THEN
                    -- It was planned before an interruption, and is about to be sent again.
                    UPDATE batch SET state = st WHERE run = r AND sequence = s AND state <> 2;
                    RETURN;
                END IF;
                IF rejects IS NOT NULL THEN PERFORM add_failures(r, rejects, at); END IF;
                IF rb > 0 THEN
                    UPDATE run SET rejects_bytes = rb WHERE id = r AND rejects_bytes < rb;
                END IF;
            END
            """)
        + function(
            "set_batch_state(n uuid, r bigint, s bigint, lo bigint, whole boolean, st integer)",
            """
            BEGIN
                PERFORM require_owner(n, r);
                IF whole THEN
                    UPDATE batch SET state = st WHERE run = r AND sequence = s AND state <> 2;
                ELSE
                    UPDATE part SET state = st WHERE run = r AND sequence = s AND first = lo;
                END IF;
            END
            """)
        + function(
            "settle(n uuid, r bigint, s bigint, lo bigint, whole boolean, taken bigint, lost bigint)",
            returns: "boolean",
            """
            BEGIN
                PERFORM require_owner(n, r);
                IF NOT whole THEN
                    DELETE FROM part WHERE run = r AND sequence = s AND first = lo;
                    IF NOT FOUND THEN RETURN false; END IF;
                END IF;
                UPDATE batch SET sent = sent + taken, failed = failed + lost,
                    state = CASE WHEN sent + failed + taken + lost >= records THEN 2 ELSE state END
                WHERE run = r AND sequence = s AND state <> 2;
                RETURN FOUND;
            END
            """)
        + function(
            "op_acknowledge(n uuid, r bigint, s bigint, lo bigint, whole boolean, taken bigint, quarter bigint)",
            """
            BEGIN
                IF NOT settle(n, r, s, lo, whole, taken, 0) OR quarter IS NULL THEN RETURN; END IF;
                INSERT INTO sent_period (api, period, records)
                    SELECT api, quarter, taken FROM run WHERE id = r AND api IS NOT NULL
                ON CONFLICT (api, period) DO UPDATE SET records = sent_period.records + excluded.records;
            END
            """)
        + function(
            "op_split(n uuid, r bigint, s bigint, lo bigint, hi bigint, whole boolean, middle bigint)",
            """
            DECLARE doubt boolean;
            BEGIN
                PERFORM require_owner(n, r);
                IF whole THEN
                    SELECT in_doubt INTO doubt FROM batch WHERE run = r AND sequence = s;
                    -- Split before, when it has parts or had some.
                    IF NOT EXISTS (SELECT 1 FROM batch WHERE run = r AND sequence = s AND sent + failed = 0)
                        OR EXISTS (SELECT 1 FROM part WHERE run = r AND sequence = s) THEN RETURN; END IF;
                ELSE
                    DELETE FROM part WHERE run = r AND sequence = s AND first = lo RETURNING in_doubt INTO doubt;
                    IF NOT FOUND THEN RETURN; END IF;
                END IF;
                INSERT INTO part (run, sequence, first, count, state, in_doubt)
                SELECT r, s, p.a, p.c, 1, coalesce(doubt, false)
                FROM (VALUES (lo, middle - lo), (middle, hi - middle)) AS p (a, c)
                WHERE EXISTS (SELECT 1 FROM batch WHERE run = r AND sequence = s AND state <> 2)
                ON CONFLICT DO NOTHING;
            END
            """)
        + function(
            "op_doubt(n uuid, r bigint, s bigint, lo bigint, hi bigint, whole boolean)",
            """
            DECLARE is_new boolean;
            BEGIN
                PERFORM require_owner(n, r);
                IF whole THEN
                    UPDATE batch SET in_doubt = true WHERE run = r AND sequence = s AND NOT in_doubt;
                ELSE
                    UPDATE part SET in_doubt = true WHERE run = r AND sequence = s AND first = lo AND NOT in_doubt;
                END IF;
                is_new := FOUND;
                UPDATE run SET possible_duplicates = possible_duplicates + hi - lo,
                    records_in_doubt = records_in_doubt + CASE WHEN is_new THEN hi - lo ELSE 0 END
                WHERE id = r;
            END
            """)
        + function(
            "op_fold(n uuid, r bigint, s bigint)",
            """
            BEGIN
                PERFORM require_owner(n, r);
                UPDATE run SET
                    watermark_offset = last.end_offset, watermark_line = last.end_line, next_sequence = s,
                    sent = run.sent + sums.sent, failed = run.failed + sums.failed,
                    \(RunColumns.list(RunColumns.reasons) { "\($0) = run.\($0) + sums.\($0)" })
                FROM
                    (SELECT end_offset, end_line FROM batch WHERE run = r AND sequence < s
                        ORDER BY sequence DESC LIMIT 1) AS last,
                    (SELECT coalesce(sum(sent), 0) AS sent, coalesce(sum(failed), 0) AS failed,
                        \(RunColumns.list(RunColumns.reasons) { "coalesce(sum(\($0)), 0) AS \($0)" })
                        FROM batch WHERE run = r AND sequence < s) AS sums
                WHERE id = r;
                DELETE FROM batch WHERE run = r AND sequence < s;
            END
            """)
        + function(
            "count_in_doubt(r bigint)", returns: "bigint",
            """
            DECLARE again bigint; fresh bigint;
            BEGIN
                SELECT coalesce(sum(c), 0), coalesce(sum(c) FILTER (WHERE NOT d), 0) INTO again, fresh FROM (
                    SELECT count AS c, in_doubt AS d FROM part WHERE run = r AND state = 1
                    UNION ALL
                    SELECT records, in_doubt FROM batch WHERE run = r AND state = 1 AND NOT EXISTS (
                        SELECT 1 FROM part WHERE part.run = batch.run AND part.sequence = batch.sequence)
                ) AS under_way;
                IF again > 0 THEN
                    UPDATE run SET possible_duplicates = possible_duplicates + again,
                        records_in_doubt = records_in_doubt + fresh WHERE id = r;
                END IF;
                UPDATE part SET in_doubt = true, state = 0 WHERE run = r AND state = 1;
                -- A batch that was split has no request of its own.
                UPDATE batch SET state = 0, in_doubt = in_doubt OR NOT EXISTS (
                    SELECT 1 FROM part WHERE part.run = batch.run AND part.sequence = batch.sequence)
                WHERE run = r AND state = 1;
                RETURN again;
            END
            """)

    // MARK: Failures

    private static let failureColumns = """
        line bigint, kind text, reason text, status text, message text, attempts bigint, name text, age text,
        cookie text, banner_id text, raw text
        """

    private static let failures =
        function(
            "add_failures(r bigint, list json, at double precision)",
            """
            BEGIN
                INSERT INTO failure (run, line, kind, reason, status, message, attempts, time, name, age, cookie,
                    banner_id, raw, tries, was_rejected)
                SELECT r, f.line, f.kind, f.reason, f.status, f.message, f.attempts, at, f.name, f.age, f.cookie,
                    f.banner_id, f.raw, CASE WHEN f.kind = 'rejected' THEN 0 ELSE 1 END, f.kind = 'rejected'
                FROM ROWS FROM (json_to_recordset(list) AS (\(failureColumns))) WITH ORDINALITY
                    AS f (line, kind, reason, status, message, attempts, name, age, cookie, banner_id, raw, place)
                ORDER BY f.place;
            END
            """)
        + function(
            "fail_again(root bigint, r bigint, f json, at double precision)",
            """
            BEGIN
                INSERT INTO failure_try (run, failure) VALUES (r, root) ON CONFLICT DO NOTHING;
                IF NOT FOUND THEN RETURN; END IF;
                UPDATE failure SET kind = f->>'kind', reason = NULL, status = f->>'status', message = f->>'message',
                    attempts = attempts + (f->>'attempts')::bigint, tries = tries + 1, time = at,
                    name = f->>'name', age = f->>'age', cookie = f->>'cookie', banner_id = f->>'banner_id'
                WHERE id = root AND recovered_in IS NULL;
            END
            """)
        + function(
            "roots(r bigint, s bigint, lo bigint, hi bigint)", returns: "bigint[]",
            """
            BEGIN
                RETURN ARRAY(
                    SELECT stored_record.root FROM stored_record JOIN batch ON batch.run = stored_record.run
                    WHERE batch.run = r AND batch.sequence = s
                        AND position >= start_offset + lo AND position < start_offset + hi
                    ORDER BY position);
            END
            """)
        + function(
            """
            op_fail(n uuid, r bigint, s bigint, lo bigint, hi bigint, whole boolean, list json, at double precision)
            """,
            """
            DECLARE origins bigint[]; f json; i integer := 0;
            BEGIN
                IF NOT settle(n, r, s, lo, whole, 0, hi - lo) THEN RETURN; END IF;
                origins := roots(r, s, lo, hi);
                IF array_length(origins, 1) IS NULL THEN
                    PERFORM add_failures(r, list, at);
                    RETURN;
                END IF;
                FOR f IN SELECT * FROM json_array_elements(list) LOOP
                    i := i + 1;
                    IF origins[i] IS NULL THEN
                        PERFORM add_failures(r, json_build_array(f), at);
                    ELSE
                        PERFORM fail_again(origins[i], r, f, at);
                    END IF;
                END LOOP;
            END
            """)
        + function(
            "op_recover(n uuid, r bigint, s bigint, lo bigint, hi bigint)",
            """
            DECLARE origin bigint; home bigint; rejected boolean;
            BEGIN
                PERFORM require_owner(n, r);
                FOREACH origin IN ARRAY roots(r, s, lo, hi) LOOP
                    UPDATE failure SET recovered_in = r, retrying_in = NULL WHERE id = origin AND recovered_in IS NULL
                        RETURNING run, was_rejected INTO home, rejected;
                    CONTINUE WHEN NOT FOUND;
                    UPDATE run SET recovered = recovered + 1,
                        recovered_failed = recovered_failed + CASE WHEN rejected THEN 0 ELSE 1 END WHERE id = home;
                    UPDATE run SET recovered = recovered + 1, recovered_failed = recovered_failed + 1
                        WHERE id IN (SELECT run FROM failure_try WHERE failure = origin);
                END LOOP;
            END
            """)

    // MARK: Runs

    private static let runs =
        function(
            "op_state(n uuid, r bigint, st text, final boolean, at double precision)",
            """
            DECLARE stays boolean;
            BEGIN
                -- Where a run stands is for its owner to say.
                UPDATE run SET state = st, is_open = NOT final AND hold IS DISTINCT FROM 'discarded', ended_at = at
                    WHERE id = r AND owner_node = n RETURNING is_open INTO stays;
                IF stays IS false THEN
                    UPDATE failure SET retrying_in = NULL WHERE retrying_in = r;
                    PERFORM clear_records(r);
                END IF;
            END
            """)
        + function(
            "op_hold(n uuid, r bigint, h text)",
            """
            BEGIN
                -- What nobody works on may be held by anybody.
                UPDATE run SET hold = h, is_open = is_open AND h IS DISTINCT FROM 'discarded'
                    WHERE id = r AND hold IS DISTINCT FROM 'discarded' AND coalesce(owner_node, n) = n;
            END
            """)
        + function(
            "clear_records(r bigint)", returns: "bigint",
            """
            DECLARE removed bigint;
            BEGIN
                DELETE FROM stored_record WHERE run = r
                    AND position < (SELECT min(position) FROM stored_record WHERE run = r) + 1000;
                GET DIAGNOSTICS removed = ROW_COUNT;
                RETURN removed;
            END
            """)
        + function(
            """
            op_store(n uuid, r bigint, p bigint, l bigint, nm text, ag text, ck text, bn text, rt bigint)
            """,
            """
            BEGIN
                PERFORM require_owner(n, r);
                INSERT INTO stored_record (run, position, line, name, age, cookie, banner_id, root)
                VALUES (r, p, l, nm, ag, ck, bn, rt) ON CONFLICT DO NOTHING;
            END
            """)

    // MARK: Totals

    /// The audit is added to. Nothing in it is changed, or removed before its time.
    private static let audit =
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

    private static let totals =
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
