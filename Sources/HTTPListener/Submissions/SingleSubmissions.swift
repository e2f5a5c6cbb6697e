import Crypto
import CustomerRecords
import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1

/// `POST /send_record`: takes one record.
struct SingleSubmissions: Sendable {
    let service: any DeliveryService
    let defaults: @Sendable () -> SubmissionDefaults
    let limits: ListenerLimits
    let idempotency: IdempotentAnswers

    private struct Outcome: Encodable {
        var message: String
        var status: String
        var reason: String?
        var run: Int64?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(message, forKey: .message)
            try container.encode(status, forKey: .status)
            try container.encodeIfPresent(reason, forKey: .reason)
            // `null` when the record belongs to no run.
            try container.encode(run, forKey: .run)
        }

        private enum CodingKeys: String, CodingKey { case message, status, reason, run }
    }

    func answer(_ request: SubmissionRequest, body: inout RequestBody) async throws -> Answer {
        guard let type = request.mediaType, type == "application/json" || type.hasSuffix("+json") else {
            throw Refusal(.unsupportedMediaType, "The body must be JSON with Content-Type: application/json.")
        }
        try request.checkEncoding()
        let key = try request.idempotencyKey()
        let bytes = try await body.collect(atMost: limits.recordBytes)
        let submission = try RecordSubmission.read(bytes)
        let defaults = defaults()
        let filter = try defaults.filter.overridden(minimum: submission.minimumAge, maximum: submission.maximumAge)
        guard let key else { return try await deliver(submission.fields, request, defaults.rules, filter, key: nil) }

        var digest = SHA256()
        digest.update(data: Data("send_record\n".utf8))
        bytes.withUnsafeReadableBytes { digest.update(bufferPointer: $0) }
        return try await idempotency.answer(
            key: key, digest: RequestDigest(digest.finalize()), connection: request.connection,
            recall: { .pending($0) },
            perform: { try await deliver(submission.fields, request, defaults.rules, filter, key: key) })
    }

    private func deliver(
        _ fields: RecordFields, _ request: SubmissionRequest, _ rules: RecordRules, _ filter: AgeFilter, key: String?
    ) async throws -> Answer {
        let record: ValidCustomer
        switch Validation.check(
            name: fields.name, age: fields.age, cookie: fields.cookie, bannerID: fields.bannerID, rules: rules,
            filter: filter)
        {
        case .success(let valid):
            record = valid
        case .failure(let reason):
            let outcome = Outcome(
                message: "Record \(fields.cookie) did not pass the validation, ignored.",
                status: reason.isRejection ? "rejected" : "filtered", reason: reason.rawValue)
            return try Answer(.accepted, json: outcome)
        }
        let receipt = try await service.submit(RecordFields(record), idempotencyKey: key)
        let run = receipt.run
        if request.prefersAsync { return .pending(run) }

        switch await request.connection.outcome(of: receipt, atMost: limits.outcomeWait) {
        case .sent: return try outcome("sent to ShowAPI.", "sent", record, run)
        case .failed: return try outcome("was refused by ShowAPI.", "failed", record, run)
        case .pending: return try outcome("accepted, delivery pending.", "pending", record, run)
        }
    }

    private func outcome(_ words: String, _ status: String, _ record: ValidCustomer, _ run: RunID) throws -> Answer {
        try Answer(
            .accepted, json: Outcome(message: "Record \(record.cookie) \(words)", status: status, run: run.rawValue),
            run: run)
    }
}

extension RecordFields {
    fileprivate init(_ record: ValidCustomer) {
        self.init(
            name: record.name, age: String(record.age), cookie: record.cookie, bannerID: String(record.bannerID))
    }
}

extension Answer {
    /// Durable, and on its way.
    static func pending(_ run: RunID) -> Answer {
        var answer = Answer(.accepted, json: #"{"run":\#(run),"status":"pending"}"#, run: run)
        answer.headers.add(name: "Location", value: "/runs/\(run)")
        answer.headers.add(name: "Preference-Applied", value: "respond-async")
        return answer
    }
}
