import DeliveryModel
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Answers requests: checks whom they come from, finds their route, and keeps count.
final class ListenerResponder: Sendable {
    private let origins: OriginPolicy
    private let authorization: Authorization
    private let single: SingleSubmissions
    private let bulk: BulkSubmissions
    private let runs: RunRoutes
    private let health: HealthRoutes
    private let metrics: MetricsRoute
    private let statistics: ListenerStatistics
    private let logger: Logger
    private let stopping = Atomic(false)

    init(
        origins: OriginPolicy, authorization: Authorization, single: SingleSubmissions, bulk: BulkSubmissions,
        runs: RunRoutes, health: HealthRoutes, metrics: MetricsRoute, statistics: ListenerStatistics, logger: Logger
    ) {
        self.origins = origins
        self.authorization = authorization
        self.single = single
        self.bulk = bulk
        self.runs = runs
        self.health = health
        self.metrics = metrics
        self.statistics = statistics
        self.logger = logger
    }

    /// Says from now on that the service is not ready.
    func stop() { stopping.store(true, ordering: .relaxed) }

    /// - Throws: when the connection ended before the request did; there is nobody to answer.
    func answer(
        _ head: HTTPRequestHead, body: inout RequestBody, connection: ListenerConnection
    ) async throws -> Answer {
        let start = NIODeadline.now()
        var operation: Operation?
        let answer: Answer
        do {
            answer = try await respond(to: head, body: &body, connection: connection, operation: &operation)
        } catch let refusal as Refusal {
            answer = Answer(refusal)
        } catch let error as DeliveryError {
            answer = Answer(Refusal(error))
        } catch is RequestAborted {
            throw RequestAborted()
        } catch is ChannelError {
            throw RequestAborted()
        } catch is CancellationError {
            answer = Answer(.unavailable("The listener is stopping."))
        } catch {
            logger.error("A request failed", metadata: ["path": "\(operation?.path ?? "?")", "error": "\(error)"])
            answer = Answer(Refusal(.internalServerError, "The request could not be done."))
        }
        record(answer, operation, head, connection, since: start)
        return answer
    }

    private func respond(
        to head: HTTPRequestHead, body: inout RequestBody, connection: ListenerConnection,
        operation: inout Operation?
    ) async throws -> Answer {
        let target = RequestTarget(head.uri)
        try origins.checkHost(head, target: target)
        let match = target.map { RouteTable.match(head.method, path: $0.path) } ?? .notFound
        if case .found(let route, _) = match { operation = route.operation }
        if operation != .checkHealth {
            let isDocumentation = operation?.isDocumentation ?? false
            try authorization.check(head.headers, allowsBasic: isDocumentation)
        }
        switch match {
        case .notFound:
            throw Refusal(.notFound, "There is nothing at this path.")
        case .otherMethods(let methods):
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            throw Refusal(
                .methodNotAllowed, "This path takes \(allowed) only.", headers: [("Allow", allowed)])
        case .found(let route, let run):
            guard let target else { throw Refusal(.notFound, "There is nothing at this path.") }
            if route.method == .POST { try origins.checkOrigin(head) }
            let request = SubmissionRequest(head: head, target: target, connection: connection)
            if route.operation.isQuick {
                return try await perform(route.operation, run, request, body: &body)
            }
            // What takes its time must not hold up the other connections of the event loop.
            return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                try await perform(route.operation, run, request, body: &body)
            }
        }
    }

    private func perform(
        _ operation: Operation, _ run: RunID?, _ request: SubmissionRequest, body: inout RequestBody
    ) async throws -> Answer {
        switch (operation, run) {
        case (.sendRecord, _): return try await single.answer(request, body: &body)
        case (.sendRecords, _): return try await bulk.answer(request, body: &body)
        case (.listRuns, _): return try await runs.list(request.target)
        case (.showRun, let run?): return try await runs.show(run)
        case (.listFailures, let run?): return try await runs.failures(of: run, request.target)
        case (.retryRun, let run?): return try await runs.retry(run)
        case (.showDocumentation, _): return Documentation.page
        case (.describeAPI, _), (.describeAPIAsSwagger, _): return Documentation.description
        case (.checkHealth, _): return try health.health()
        case (.checkReadiness, _): return try await health.readiness(isStopping: stopping.load(ordering: .relaxed))
        case (.readMetrics, _): return await metrics.answer()
        case (.showRun, nil), (.listFailures, nil), (.retryRun, nil):
            throw Refusal(.notFound, "There is nothing at this path.")
        }
    }

    private func record(
        _ answer: Answer, _ operation: Operation?, _ head: HTTPRequestHead, _ connection: ListenerConnection,
        since start: NIODeadline
    ) {
        let status = Int(answer.status.code)
        let seconds = Double((NIODeadline.now() - start).nanoseconds) / 1e9
        statistics.answered(operation, status: status, seconds: seconds)
        if let operation, operation.isSubmission {
            statistics.submitted(
                ListenerSubmission(
                    time: Date(), method: head.method.rawValue, path: operation.path, status: status, run: answer.run,
                    client: connection.client))
        }
        logger.info(
            "Request",
            metadata: [
                "method": "\(head.method.rawValue)", "path": "\(operation?.path ?? "(none)")", "status": "\(status)",
                "milliseconds": "\((seconds * 1e5).rounded() / 100)", "client": "\(connection.client)",
                "run": "\(answer.run?.description ?? "-")",
            ])
    }
}

extension Operation {
    fileprivate var isDocumentation: Bool {
        self == .showDocumentation || self == .describeAPI || self == .describeAPIAsSwagger
    }

    /// Whether it computes little and touches no disk.
    fileprivate var isQuick: Bool { self == .sendRecord || self == .checkHealth || isDocumentation }

    fileprivate var isSubmission: Bool { self == .sendRecord || self == .sendRecords || self == .retryRun }
}
