#if PostgreSQL
/// Keys of clients, which may repeat a submission at another node while the first one is still at it.
extension SchemaFunctions {
    static let keys =
        function(
            "claim_key(k text, dg bytea, r bigint, p bigint, at double precision, oldest double precision)",
            returns: "boolean",
            """
            BEGIN
                INSERT INTO idempotency AS known (key, digest, run, position, created) VALUES (k, dg, r, p, at)
                ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, run = excluded.run,
                    position = excluded.position, created = excluded.created, status = NULL, answer = NULL
                WHERE (known.run = r AND known.position IS NOT DISTINCT FROM p) OR NOT CASE
                    WHEN known.run IS NULL THEN known.created >= oldest AND known.status IS NOT NULL
                    ELSE EXISTS (SELECT 1 FROM run WHERE id = known.run AND (is_open OR ended_at >= oldest)) END;
                RETURN FOUND;
            END
            """)
        + function(
            """
            claim_record(n uuid, k text, dg bytea, r bigint, p bigint, at double precision, oldest double precision)
            """,
            """
            BEGIN
                PERFORM require_owner(n, r);
                -- Another node has it under the same key. Both send it, so it may arrive twice.
                IF NOT claim_key(k, dg, r, p, at, oldest) THEN
                    UPDATE run SET possible_duplicates = possible_duplicates + 1, records_in_doubt = records_in_doubt + 1
                    WHERE id = r;
                END IF;
            END
            """)
}
#endif
