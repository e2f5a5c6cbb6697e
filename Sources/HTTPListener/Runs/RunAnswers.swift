import CustomerRecords
import DeliveryModel
import Foundation
import NIOHTTP1

/// How runs and failures look in answers.
enum RunAnswers {
    /// What an upload came to.
    private struct Counts: Encodable {
        var run: Int64
        var sent: Int
        var read: Int
        var rejected: Int
        var filtered: Int
        var failed: Int
        var pending: Int
        /// Why the run ended early.
        var message: String?
    }

    /// Waits for the end of a run and tells what became of its records; if nobody can wait any longer, how they stand.
    static func whenFinished(
        _ run: RunID, service: any DeliveryService, connection: ListenerConnection
    ) async throws -> Answer {
        var summary = try await connection.wait { try await service.finished(run) }
        if summary == nil { summary = try await service.run(run) }
        guard let summary else { return .pending(run) }
        let counts = summary.counts
        return try Answer(
            .accepted,
            json: Counts(
                run: run.rawValue, sent: counts.sent, read: counts.read, rejected: counts.rejected,
                filtered: counts.filtered, failed: counts.failed, pending: counts.pending,
                message: summary.state.reason),
            run: run)
    }

    struct Runs: Encodable {
        let runs: [SummaryJSON]
        /// What `before` asks for the next page with.
        let next: Int64?
    }

    struct Failure: Encodable {
        let id: Int64
        let line: Int
        let kind: String
        let reason: String?
        let status: String?
        let message: String
        let attempts: Int
        let time: Date
        let name: String
        let age: String
        let cookie: String
        let bannerID: String
        let raw: String
        let retryingIn: Int64?

        private enum CodingKeys: String, CodingKey {
            case id, line
            case kind = "class"
            case reason, status, message, attempts, time, name, age, cookie
            case bannerID = "banner_id"
            case raw
            case retryingIn = "retrying_in"
        }

        init(_ record: FailedRecord) {
            id = record.id
            line = record.line
            kind = record.kind.rawValue
            reason = record.reason?.rawValue
            status = record.status
            message = record.message
            attempts = record.attempts
            time = record.time
            name = record.name
            age = record.age
            cookie = record.cookie
            bannerID = record.bannerID
            raw = record.raw
            retryingIn = record.retryingIn?.rawValue
        }
    }

    struct Failures: Encodable {
        let failures: [Failure]
        /// What `after` asks for the next page with.
        let next: Int64?
    }
}
