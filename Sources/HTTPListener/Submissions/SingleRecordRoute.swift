import Crypto
import CustomerRecords
import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1

/// `POST /send_record`: takes one record.
struct SingleRecordRoute: Sendable {
    let intake: any SubmissionIntake
    let defaults: @Sendable () -> ReaderOptions
    let limits: ListenerLimits
    let idempotency: IdempotentAnswers
    let registry: ConnectionRegistry
    let statistics: ListenerStatistics
    /// Takes many records in one request.
    let bulk: BulkRoute
    private let names: KnownNames
    /// A single record has none.
    private let parameters: KnownNames
    /// A misspelled one would be ignored, and the record sent unfiltered.
    private let uploadParameters: KnownNames

    init(
        intake: any SubmissionIntake, defaults: @escaping @Sendable () -> ReaderOptions, limits: ListenerLimits,
        idempotency: IdempotentAnswers, registry: ConnectionRegistry, statistics: ListenerStatistics,
        bulk: BulkRoute, unknown: KnownNames.Unknown
    ) {
        self.intake = intake
        self.defaults = defaults
        self.limits = limits
        self.idempotency = idempotency
        self.registry = registry
        self.statistics = statistics
        self.bulk = bulk
        names = KnownNames(RecordSubmission.names, unknown: unknown)
        parameters = KnownNames([], unknown: unknown)
        uploadParameters = KnownNames(UploadParameters.names, unknown: unknown)
    }

    func answer(_ request: ListenerRequest, body: inout RequestBody) async throws -> ListenerResponse {
        guard let type = request.mediaType else { throw Refusal.notJSON }
        if ["application/x-ndjson", "application/ndjson", "application/jsonl"].contains(type) {
            return try await many(request, body: &body, shape: .lines)
        }
        guard type == "application/json" || type.hasSuffix("+json") else { throw Refusal.notJSON }
        if try request.isCompressed() { try body.readCompressed() }
        if let announced = body.announcedBytes, announced > limits.uploadBytes {
            throw Refusal.fileTooLarge(limits)
        }
        if body.isPresent, try await body.firstByte() == UInt8(ascii: "[") {
            return try await many(request, body: &body, shape: .array)
        }
        for (name, _) in request.parameters.all {
            guard let known = uploadParameters.similar(to: name) else { continue }
            throw Refusal(
                .badRequest,
                "The parameter \(known) applies to arrays and NDJSON only. "
                    + "A single record has min_age and max_age among its fields.")
        }
        try request.checkParameters(parameters)
        let key = try request.idempotencyKey()
        let bytes = try await body.collect(atMost: limits.recordBytes)
        let submission = try RecordSubmission.read(Array(bytes.readableBytesView), names: names)
        let defaults = defaults()
        let filter = try defaults.filter.overridden(minimum: submission.minimumAge, maximum: submission.maximumAge)
        // Only now: a slow body of this size holds up nobody.
        try await registry.enter(request, as: .request)
        let fields = submission.fields
        guard let key else { return try await deliver(fields, request, defaults.rules, filter, claim: nil) }

        var digest = SHA256()
        digest.update(data: Data("send_record\n".utf8))
        bytes.withUnsafeReadableBytes { digest.update(bufferPointer: $0) }
        let work = IdempotentAnswers.Work(
            key: key, digest: RequestDigest(digest.finalize()), waitKind: .record, limit: limit(request),
            perform: { try await deliver(fields, request, defaults.rules, filter, claim: $0) },
            recall: { try answer(fields.cookie, of: $0, $1 ?? .pending, request) },
            repeat: { try Self.repeated($0, fields.cookie) })
        return try await idempotency.answer(work, connection: request.connection)
    }

    /// What takes its time must not hold up the other connections of the event loop.
    private func many(
        _ request: ListenerRequest, body: inout RequestBody, shape: RecordStream.Shape
    ) async throws -> ListenerResponse {
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await Operator.$current.withValue(Operator(client: request.submitter)) {
                try await TraceContext.$current.withValue(request.trace) {
                    try await bulk.answer(request, body: &body, shape: shape)
                }
            }
        }
    }

    private func limit(_ request: ListenerRequest) -> Duration {
        request.preference.limit(default: limits.outcomeWait, longest: limits.longestWait)
    }

    private func deliver(
        _ fields: RecordFields, _ request: ListenerRequest, _ rules: RecordRules, _ filter: AgeFilter,
        claim: KeyClaim?
    ) async throws -> ListenerResponse {
        if case .failure(let reason) = Validation.check(fields, rules: rules, filter: filter) {
            statistics.invalid(reason)
            return try RecordOutcome(status: reason.isRejection ? .rejected : .filtered, reason: reason.rawValue)
                .answer(fields.cookie, run: nil)
        }
        let limit = limit(request)
        // One client too many is told immediately that its record is on its way.
        let waits = limit > .zero && registry.beginWaiting(request.connection.number, for: .record)
        let receipt = try await intake.submit(
            SingleSubmission(
                fields, from: SubmissionOrigin(submittedBy: request.submitter, filter: filter, rules: rules),
                claim: claim, awaitsOutcome: waits, trace: request.trace))
        let outcome = waits ? await request.connection.outcome(of: receipt, atMost: limit) : .pending
        return try answer(fields.cookie, of: receipt.run, outcome, request)
    }

    private func answer(
        _ cookie: String, of run: RunID, _ outcome: SubmissionOutcome, _ request: ListenerRequest
    ) throws -> ListenerResponse {
        if outcome == .pending, request.preference.respondsAsync { return .pending(run).applying(request, limits) }
        return try RecordOutcome(outcome).answer(cookie, run: run).applying(request, limits)
    }

    private static func repeated(_ stored: StoredAnswer, _ cookie: String) throws -> ListenerResponse {
        guard let outcome = try? JSONDecoder().decode(RecordOutcome.self, from: Data(stored.body)) else {
            // An earlier version kept the whole answer.
            return ListenerResponse(
                HTTPResponseStatus(statusCode: stored.status), type: "application/json",
                body: ByteBuffer(bytes: stored.body), run: stored.run
            ).located()
        }
        return try outcome.answer(cookie, run: stored.run)
    }
}

extension Refusal {
    fileprivate static let notJSON = Refusal(
        .unsupportedMediaType, "The body must be JSON with Content-Type: application/json.")
}
