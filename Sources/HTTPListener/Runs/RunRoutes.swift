import Crypto
import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1

/// The routes that look at runs, send their failed records again, and act on them for an operator.
struct RunRoutes: Sendable {
    static let defaultPage = 50
    static let largestPage = 500

    let service: any RunControl & RunLookup & FailureList
    /// Holds a directory for each run, with its `rejected.csv`.
    let runsDirectory: String
    let idempotency: IdempotentAnswers

    private static let listParameters = KnownNames(
        ["limit", "before", "state", "source", "since"], unknown: .refused)
    private static let failureParameters = KnownNames(["limit", "after", "class"], unknown: .refused)
    private static let stopParameters = KnownNames(["now"], unknown: .refused)
    private static let noParameters = KnownNames([], unknown: .refused)

    // MARK: Looking

    func list(_ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.listParameters)
        let limit = try pageLength(request)
        let before = try number(request, "before").map { RunID(rawValue: $0) }
        let runs = try await service.runs(try query(request), limit: limit + 1, before: before)
        let page = runs.prefix(limit)
        return try ListenerResponse(
            .ok,
            json: RunAnswers.Runs(
                runs: page.map(SummaryJSON.init), next: runs.count > limit ? page.last?.id.rawValue : nil))
    }

    func show(_ run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.noParameters)
        return try ListenerResponse(.ok, json: SummaryJSON(try await existing(run, request)))
    }

    func failures(of run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.failureParameters)
        _ = try await existing(run, request)
        let limit = try pageLength(request)
        var query = FailureQuery(run: run)
        if let name = request.parameters["class"] {
            guard let kind = FailedRecord.Kind(rawValue: name) else {
                let known = FailedRecord.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(.badRequest, "class must be one of \(known).")
            }
            query.kinds = [kind]
        }
        let failures = try await service.failures(query, after: try number(request, "after"), limit: limit + 1)
        let page = failures.prefix(limit)
        return try ListenerResponse(
            .ok,
            json: RunAnswers.Failures(
                failures: page.map(RunAnswers.Failure.init), next: failures.count > limit ? page.last?.id : nil))
    }

    /// All rejected records of a run as CSV: line, code, message and the record as it was.
    func rejected(of run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.noParameters)
        let summary = try await existing(run, request)
        let path = "\(runsDirectory)/\(run)/rejected.csv"
        guard let file = try await FileBody(path: path) else {
            guard summary.counts.rejected == 0 else {
                throw Refusal(.notFound, "The rejected records of run \(run) are no longer kept.")
            }
            throw Refusal(.notFound, "Run \(run) has no rejected records.")
        }
        var answer = ListenerResponse(.ok, type: "text/csv; charset=utf-8", body: ByteBuffer())
        answer.headers.add(
            name: "Content-Disposition", value: "attachment; filename=\"run-\(run)-rejected.csv\"")
        answer.file = file
        return answer
    }

    // MARK: Acting

    func retry(_ run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.noParameters)
        _ = try await existing(run, request)
        let failed = FailureQuery.failed(in: run)
        func retry(_ claim: KeyClaim?) async throws -> ListenerResponse {
            .pending(
                try await service.retry(run, .matching(failed), claim: claim, submittedBy: request.submitter))
        }
        guard let key = try request.idempotencyKey() else { return try await retry(nil) }
        let work = IdempotentAnswers.Work(
            key: key, digest: RequestDigest(SHA256.hash(data: Data("retry\n\(run)".utf8))), waitKind: .file,
            limit: .zero, perform: retry, recall: { new, _ in try await outcome(of: new) },
            repeat: { stored in
                ListenerResponse(
                    .accepted, type: "application/json", body: ByteBuffer(bytes: stored.body), run: stored.run
                ).located()
            })
        return try await idempotency.answer(work, connection: request.connection)
    }

    /// What became of a run that an earlier request began, or that it is not over yet.
    private func outcome(of run: RunID) async throws -> ListenerResponse {
        guard let summary = try await service.run(run), !summary.state.isActive else { return .pending(run) }
        return try FileOutcome(summary).answer()
    }

    /// Continues a run that is paused, or one that has ended and can be resumed.
    func resume(_ run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.noParameters)
        _ = try await existing(run, request)
        try await service.resume(run)
        return try await accepted(run, request)
    }

    func pause(_ run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.noParameters)
        _ = try await existing(run, request)
        try await service.pause(run)
        return try await accepted(run, request)
    }

    func stop(_ run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.stopParameters)
        _ = try await existing(run, request)
        let mode: StopMode
        switch request.parameters["now"] {
        case nil, "0", "false": mode = .finishInFlight
        case "", "1", "true": mode = .now
        default: throw Refusal(.badRequest, "now must be true or false.")
        }
        try await service.stop(run, mode: mode)
        return try await accepted(run, request)
    }

    func discard(_ run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.noParameters)
        _ = try await existing(run, request)
        _ = try await service.discard(run)
        return try await accepted(run, request)
    }

    /// Sends a run although the send window is closed.
    func passWindow(_ run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try request.checkParameters(Self.noParameters)
        _ = try await existing(run, request)
        try await service.passWindow(run)
        return try await accepted(run, request)
    }

    /// The run as it stands after a command.
    private func accepted(_ run: RunID, _ request: ListenerRequest) async throws -> ListenerResponse {
        try ListenerResponse(.accepted, json: SummaryJSON(try await existing(run, request)), run: run).located()
    }

    // MARK: Parameters

    private func query(_ request: ListenerRequest) throws(Refusal) -> RunQuery {
        var query = RunQuery()
        if let state = request.parameters["state"] {
            guard RunState.words.contains(state) else {
                throw Refusal(.badRequest, "state must be one of \(RunState.words.joined(separator: ", ")).")
            }
            query.state = state
        }
        query.source = request.parameters["source"].map(RunQuery.Source.init)
        if let since = request.parameters["since"] {
            guard let date = Self.date(since) else {
                throw Refusal(.badRequest, "since must be a date such as 2026-11-26 or 2026-11-26T08:00:00Z.")
            }
            query.since = date
        }
        // A token that only submits sees what it submitted.
        if request.access.scope == .submit { query.submitter = request.access.name ?? "" }
        return query
    }

    private static func date(_ text: String) -> Date? {
        // A `+` of the zone that was not escaped is a space by now.
        let text = text.replacingOccurrences(of: " ", with: "+")
        return (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle().year().month().day()))
    }

    /// - Throws: `Refusal` with 404 also for a run that the token may not see.
    private func existing(_ run: RunID, _ request: ListenerRequest) async throws -> RunSummary {
        guard let summary = try await service.run(run), request.access.maySee(summary.submittedBy) else {
            throw Refusal(.notFound, "There is no run \(run).")
        }
        return summary
    }

    private func pageLength(_ request: ListenerRequest) throws(Refusal) -> Int {
        guard let limit = try number(request, "limit") else { return Self.defaultPage }
        guard (1...Int64(Self.largestPage)).contains(limit) else {
            throw Refusal(.badRequest, "limit must be between 1 and \(Self.largestPage).")
        }
        return Int(limit)
    }

    private func number(_ request: ListenerRequest, _ name: String) throws(Refusal) -> Int64? {
        guard let text = request.parameters[name], !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text), number > 0 else {
            throw Refusal(.badRequest, "\(name) must be a whole number above 0.")
        }
        return number
    }
}
