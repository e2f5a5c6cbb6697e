#if PostgreSQL
/// What becomes of batches.
extension SchemaFunctions {
    static let batches =
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
                    \(RunColumns.reasons.indices.map { "coalesce(tally[\($0 + 1)], 0)" }.joined(separator: ", "))
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
}
#endif
