#if PostgreSQL
import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation

extension JournalOperation {
    /// What writes the operation, within a commit of this node. What is written already stays as it is.
    /// - Parameter folder: the state directory.
    func statements(for node: String, in folder: String) throws -> [Statement] {
        func call(_ function: String, _ run: RunID, _ values: Value...) -> Statement {
            let all = [.text(node), Value(run)] + values
            return Statement("SELECT \(function)(\(all.indices.map { "$\($0 + 1)" }.joined(separator: ", ")))", all)
        }
        // What only says how a run stands is for its owner to say; from anybody else it changes nothing.
        func own(_ run: RunID, _ sql: String, _ values: Value...) -> [Statement] {
            [Statement(sql + " WHERE id = $1 AND owner_node = $2", [Value(run), .text(node)] + values)]
        }
        switch self {
        case .plan(let run, let batch, let rejects, let rejectsBytes, let notices, let read):
            var all = [
                call(
                    "op_plan", run, Value(batch.sequence), Value(batch.state.rawValue), Value(batch.start.offset),
                    Value(batch.start.line), Value(batch.end.offset), Value(batch.end.line),
                    .integer(Int64(bitPattern: batch.checksum)), Value(batch.records),
                    .array(ReasonCode.allCases.map { Int64(batch.tally[$0]) }),
                    rejects.isEmpty ? .null : try .json(rejects.map(FailureJSON.init)),
                    Value(batch.tally.rejected > 0 ? rejectsBytes : 0), .time(Date()))
            ]
            // Batches are not planned in their order: what reaches furthest stays.
            if let read {
                all.append(
                    Statement(
                        """
                        UPDATE run SET content_hash = $2, content_length = $3
                        WHERE id = $1 AND coalesce(content_length, 0) < $3
                        """, [Value(run), .bytes(read.hash), Value(read.length)]))
            }
            if let notices {
                all.append(Statement("UPDATE run SET notices = $2 WHERE id = $1", [Value(run), try .json(notices)]))
            }
            return all
        case .sendPart(let run, let sequence, let records):
            return [
                call(
                    "set_batch_state", run, Value(sequence), Value(records.lowerBound), .boolean(false),
                    Value(BatchState.sending.rawValue))
            ]
        case .acknowledge(let run, let sequence, let records, let isWhole, let date):
            return [
                call(
                    "op_acknowledge", run, Value(sequence), Value(records.lowerBound), .boolean(isWhole),
                    Value(records.count), .integer(orNull: date.map { Int64(SentPeriod.number(of: $0)) }))
            ]
        // Runs with a list are refused: see PostgresJournal+Lists.
        case .deliver: return []
        case .audit(let entry): return [entry.statement]
        case .markRecovered(let run, let sequence, let records):
            return [
                call("op_recover", run, Value(sequence), Value(records.lowerBound), Value(records.upperBound))
            ]
        case .fail(let run, let sequence, let records, let isWhole, let failures):
            return [
                call(
                    "op_fail", run, Value(sequence), Value(records.lowerBound), Value(records.upperBound),
                    .boolean(isWhole), try .json(failures.map(FailureJSON.init)), .time(Date()))
            ]
        case .split(let run, let sequence, let records, let isWhole, let middle):
            return [
                call(
                    "op_split", run, Value(sequence), Value(records.lowerBound), Value(records.upperBound),
                    .boolean(isWhole), Value(middle))
            ]
        case .mayHaveBeenApplied(let run, let sequence, let records, let isWhole):
            return [
                call(
                    "op_doubt", run, Value(sequence), Value(records.lowerBound), Value(records.upperBound),
                    .boolean(isWhole))
            ]
        case .withdraw(let run, let sequence, let records, let isWhole):
            return [
                call(
                    "set_batch_state", run, Value(sequence), Value(records.lowerBound), .boolean(isWhole),
                    Value(BatchState.planned.rawValue))
            ]
        case .compact(let run, let sequence): return [call("op_fold", run, Value(sequence))]
        case .progress(let run, let progress):
            return own(
                run, "UPDATE run SET requests = $3, retries = $4, statuses = $5, seconds = $6",
                Value(progress.requests), Value(progress.retries), try .json(progress.statuses),
                .double(progress.seconds))
        case .state(let run, let state, let endedAt):
            return [call("op_state", run, try .json(state), .boolean(state.isFinal), .time(endedAt))]
        case .standingOrder(let run, let order): return [call("op_hold", run, .text(orNull: order?.rawValue))]
        case .wait(let run, let until): return own(run, "UPDATE run SET waiting_until = $3", .time(until))
        case .identify(let run, let identity):
            // The simulated API does not count: what it got was not sent.
            return own(
                run, "UPDATE run SET content_hash = $3, content_length = $4", .bytes(identity.hash),
                Value(identity.length))
                + [
                    Statement(
                        """
                        INSERT INTO content (hash, api, options, run, length, sent_at)
                        SELECT $2, api, options, id, $3, started_at FROM run
                        WHERE id = $1 AND api IS NOT NULL AND api <> 'sandbox' ON CONFLICT DO NOTHING
                        """, [Value(run), .bytes(identity.hash), Value(identity.length)])
                ]
        case .unsentFile(let run, let path):
            return [
                Statement(
                    "UPDATE run SET unsent_file = $2 WHERE id = $1",
                    [Value(run), .text(orNull: path.map { RelativePath.stored($0, in: folder) })])
            ]
        // Those that follow each other are written together.
        case .store: return try [self].statements(for: node, in: folder)
        case .answer(let claim, let status, let answer, let run):
            return [claim.answered(status: status, answer, run: run)]
        }
    }
}

/// A failure as the database's functions read it.
struct FailureJSON: Encodable {
    var line: Int
    var kind: String
    var reason: String?
    var status: String?
    var message: String
    var attempts: Int
    var name: String
    var age: String
    var cookie: String
    var bannerID: String
    var raw: String

    private enum CodingKeys: String, CodingKey {
        case line, kind, reason, status, message, attempts, name, age, cookie, raw
        case bannerID = "banner_id"
    }

    init(_ failure: NewFailure) {
        // The database's text has no NUL.
        func text(_ text: String) -> String {
            text.utf8.contains(0) ? text.replacingOccurrences(of: "\0", with: "\u{2400}") : text
        }
        line = failure.line
        kind = failure.kind.rawValue
        reason = failure.reason?.rawValue
        status = failure.status
        message = text(failure.message)
        attempts = failure.attempts
        name = text(failure.fields.name)
        age = text(failure.fields.age)
        cookie = text(failure.fields.cookie)
        bannerID = text(failure.fields.bannerID)
        raw = text(failure.raw)
    }
}

extension KeyClaim {
    /// What `claim_key` takes. Whoever claims a key has asked before whether it is free, but so may another node have done.
    private func values(run: RunID, position: Int?) -> [Value] {
        let now = Date()
        return [
            .text(key), .bytes(digest), Value(run), .integer(orNull: position.map(Int64.init)), .time(now),
            .time(now.addingTimeInterval(-RetentionPolicy.keySeconds)),
        ]
    }

    /// Notes where a single record is. One that another node has under the same key counts as a possible duplicate.
    func statement(of node: String, run: RunID, position: Int) -> Statement {
        Statement(
            "SELECT claim_record($1, $2, $3, $4, $5, $6, $7)", [.text(node)] + values(run: run, position: position))
    }

    /// Notes the run.
    /// - Throws: `busy` when another node took the same submission; whoever asks again is answered with that.
    func note(_ run: RunID, _ session: Session) throws {
        let isFree = try session.run(
            "SELECT claim_key($1, $2, $3, $4, $5, $6) AS is_free", values(run: run, position: nil)
        ).rows.first?.bool("is_free")
        if isFree != true {
            throw DeliveryError(.busy, "Another node is accepting a submission with this Idempotency-Key. Try again.")
        }
    }

    /// An answer that speaks of a run that a failover lost is not kept: whoever asks again submits again.
    func answered(status: Int, _ answer: [UInt8], run: RunID?) -> Statement {
        Statement(
            """
            INSERT INTO idempotency (key, digest, run, status, answer, created)
            SELECT $1::text, $2::bytea, $3::bigint, $4::integer, $5::bytea, $6::double precision
            WHERE $3 IS NULL OR EXISTS (SELECT 1 FROM run WHERE id = $3)
            ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, status = excluded.status,
                answer = excluded.answer, run = excluded.run, created = excluded.created
            """,
            [
                .text(key), .bytes(digest), .integer(orNull: run?.rawValue), Value(status), .bytes(answer),
                .time(Date()),
            ])
    }
}

extension Value {
    init(_ run: RunID) { self = .integer(run.rawValue) }
}
#endif
