#if PostgreSQL
/// Where runs stand, and the records that they hold.
extension SchemaFunctions {
    static let runs =
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
        // For nodes of the version before, which store one by one.
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
        + function(
            """
            op_store_all(n uuid, r bigint, p bigint[], l bigint[], nm text[], ag text[], ck text[], bn text[],
                rt bigint[])
            """,
            """
            BEGIN
                PERFORM require_owner(n, r);
                INSERT INTO stored_record (run, position, line, name, age, cookie, banner_id, root)
                SELECT r, u.* FROM unnest(p, l, nm, ag, ck, bn, rt) AS u ON CONFLICT DO NOTHING;
            END
            """)
}
#endif
