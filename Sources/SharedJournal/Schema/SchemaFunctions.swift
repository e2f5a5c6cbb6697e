#if PostgreSQL
/// What the database does by itself, so that a commit of many operations goes there and back once, and so that no node writes
/// what is no longer its own.
enum SchemaFunctions {
    static let all = fences + batches + failures + runs + keys + totals + audit

    static func function(_ head: String, returns type: String = "void", _ body: String) -> String {
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
                IF s % 64 = 0 THEN DELETE FROM commit_log WHERE node = n AND seq BETWEEN 0 AND s - 64; END IF;
            END
            """)
        + function(
            "note_write(n uuid, w bigint, l bigint)", returns: "boolean",
            """
            BEGIN
                -- Beside the commits, with negative numbers. Many of them may pass a commit that waits.
                INSERT INTO commit_log VALUES (n, -w) ON CONFLICT DO NOTHING;
                IF w % 64 = 0 THEN DELETE FROM commit_log WHERE node = n AND seq BETWEEN 1000 - w AND -1; END IF;
                RETURN has_newest(n, NULL, l);
            END
            """)
        + function(
            "has_newest(n uuid, l bigint, w bigint)", returns: "boolean",
            """
            BEGIN
                RETURN (l IS NULL OR EXISTS (SELECT 1 FROM commit_log WHERE node = n AND seq = l))
                    AND (w IS NULL OR EXISTS (SELECT 1 FROM commit_log WHERE node = n AND seq = -w));
            END
            """)
        + function(
            "begin_commit(n uuid, s bigint, l bigint, w bigint)",
            """
            BEGIN
                PERFORM hold_node(n);
                IF NOT has_newest(n, l, w) THEN
                    RAISE EXCEPTION 'the newest commits are not there'
                        USING ERRCODE = '\(PostgreSQLFault.commitsAreLost)';
                END IF;
                PERFORM begin_commit(n, s);
            END
            """)
        // For nodes of the version before.
        + function(
            "begin_commit(n uuid, s bigint, l bigint)",
            """
            BEGIN
                PERFORM hold_node(n);
                IF NOT EXISTS (SELECT 1 FROM commit_log WHERE node = n AND seq = l) THEN
                    RAISE EXCEPTION 'commit % is not there', l USING ERRCODE = '\(PostgreSQLFault.commitsAreLost)';
                END IF;
                PERFORM begin_commit(n, s);
            END
            """)
        + function(
            "change_cluster(v bigint)",
            """
            BEGIN
                UPDATE cluster SET version = version + 1 WHERE version = v;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'another node was faster' USING ERRCODE = 'serialization_failure';
                END IF;
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
}
#endif
