#if PostgreSQL
/// What becomes of records that failed, and of those that are tried again.
extension SchemaFunctions {
    private static let failureColumns = """
        line bigint, kind text, reason text, status text, message text, attempts bigint, name text, age text,
        cookie text, banner_id text, raw text
        """

    static let failures =
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
}
#endif
