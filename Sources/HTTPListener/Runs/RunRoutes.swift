import DeliveryModel
import NIOHTTP1

/// The routes that look at runs and send their failed records again.
struct RunRoutes: Sendable {
    static let defaultPage = 50
    static let largestPage = 500

    let service: any DeliveryService

    func list(_ target: RequestTarget) async throws -> Answer {
        let limit = try pageLength(target)
        let before = try number(target, "before").map { RunID(rawValue: $0) }
        let runs = try await service.runs(limit: limit + 1, before: before)
        let page = runs.prefix(limit)
        return try Answer(
            .ok,
            json: RunAnswers.Runs(
                runs: page.map(SummaryJSON.init), next: runs.count > limit ? page.last?.id.rawValue : nil))
    }

    func show(_ run: RunID) async throws -> Answer {
        try Answer(.ok, json: SummaryJSON(try await existing(run)))
    }

    func failures(of run: RunID, _ target: RequestTarget) async throws -> Answer {
        _ = try await existing(run)
        let limit = try pageLength(target)
        let query = FailureQuery(run: run)
        let failures = try await service.failures(query, after: try number(target, "after"), limit: limit + 1)
        let page = failures.prefix(limit)
        return try Answer(
            .ok,
            json: RunAnswers.Failures(
                failures: page.map(RunAnswers.Failure.init), next: failures.count > limit ? page.last?.id : nil))
    }

    func retry(_ run: RunID) async throws -> Answer {
        _ = try await existing(run)
        let failed = FailureQuery(run: run, kinds: [.retryable, .permanent])
        return .pending(try await service.retry(run, .matching(failed)))
    }

    private func existing(_ run: RunID) async throws -> RunSummary {
        guard let summary = try await service.run(run) else {
            throw Refusal(.notFound, "There is no run \(run).")
        }
        return summary
    }

    private func pageLength(_ target: RequestTarget) throws(Refusal) -> Int {
        guard let limit = try number(target, "limit") else { return Self.defaultPage }
        guard (1...Int64(Self.largestPage)).contains(limit) else {
            throw Refusal(.badRequest, "limit must be between 1 and \(Self.largestPage).")
        }
        return Int(limit)
    }

    private func number(_ target: RequestTarget, _ name: String) throws(Refusal) -> Int64? {
        guard let text = try target.parameter(name), !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text) else {
            throw Refusal(.badRequest, "\(name) must be a whole number.")
        }
        return number
    }
}
