import DeliveryModel
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Answers requests: checks whom they come from, finds their route, and keeps count.
final class ListenerResponder: Sendable {
    private let origins: OriginPolicy
    private let proxies: ProxyPolicy
    private let authorization: Authorization
    private let single: SingleRecordRoute
    private let bulk: BulkRoute
    private let runs: RunRoutes
    private let health: HealthRoutes
    private let metrics: MetricsRoute
    private let control: ControlRoutes?
    private let registry: ConnectionRegistry
    private let log: AccessLog

    init(
        origins: OriginPolicy, proxies: ProxyPolicy, authorization: Authorization, single: SingleRecordRoute,
        bulk: BulkRoute, runs: RunRoutes, health: HealthRoutes, metrics: MetricsRoute,
        control: ControlRoutes?, registry: ConnectionRegistry, log: AccessLog
    ) {
        self.control = control
        self.origins = origins
        self.proxies = proxies
        self.authorization = authorization
        self.single = single
        self.bulk = bulk
        self.runs = runs
        self.health = health
        self.metrics = metrics
        self.registry = registry
        self.log = log
    }

    /// - Throws: when the connection ended before the request did; there is nobody to answer.
    func answer(
        _ head: HTTPRequestHead, body: inout RequestBody, connection: ListenerConnection
    ) async throws -> ListenerResponse {
        let start = NIODeadline.now()
        var asked = Asked(
            id: RequestIdentity.id(head.headers), forwarded: proxies.forwarded(head.headers, peer: connection.client))
        var answer: ListenerResponse
        do {
            answer = try await respond(to: head, body: &body, connection: connection, asked: &asked)
        } catch let refusal as Refusal {
            answer = ListenerResponse(refusal)
        } catch let error as DeliveryError {
            if error.code == .journal {
                log.logger.error("\(error.message)", metadata: ["request": "\(asked.id)"])
            }
            answer = ListenerResponse(Refusal(error))
        } catch is RequestAborted {
            throw RequestAborted()
        } catch is ChannelError {
            throw RequestAborted()
        } catch is CancellationError {
            answer = ListenerResponse(.unavailable("The listener is stopping."))
        } catch  where SystemFault.isOutOfDescriptors(error) {
            log.logger.error("\(SystemFault.outOfDescriptors)", metadata: ["request": "\(asked.id)"])
            answer = ListenerResponse(.unavailable("Too many connections and files are open.", retryAfter: 10))
        } catch {
            log.logger.error(
                "A request failed",
                metadata: [
                    "path": "\(asked.endpoint?.path ?? "?")", "error": "\(error)", "request": "\(asked.id)",
                ])
            answer = ListenerResponse(
                Refusal(.internalServerError, "Internal error. See the log for request \(asked.id)."))
        }
        answer.headers.add(name: "X-Request-Id", value: asked.id)
        if !asked.forwarded.prefix.isEmpty, let location = answer.headers.first(name: "Location") {
            answer.headers.replaceOrAdd(name: "Location", value: asked.forwarded.prefix + location)
        }
        record(answer, asked, head, connection, since: start)
        return answer
    }

    /// What is known of a request, whatever it is answered.
    private struct Asked {
        let id: String
        let forwarded: ProxyPolicy.Forwarded
        var endpoint: Endpoint?
        var token: String?
    }

    private func respond(
        to head: HTTPRequestHead, body: inout RequestBody, connection: ListenerConnection, asked: inout Asked
    ) async throws -> ListenerResponse {
        let target = RequestTarget(head.uri)
        try origins.checkHost(head, target: target)
        if let control, let target, target.path.hasPrefix(ControlRoutes.prefix) {
            return try await control.answer(
                head, path: target.path, parameters: try target.parameters(), body: &body, connection: connection)
        }
        let match = target.map { RouteTable.match(head.method, path: $0.path) } ?? .notFound
        if case .found(let route, _) = match { asked.endpoint = route.endpoint }
        var access = Access.everything
        if asked.endpoint?.isOpen != true {
            let isDocumentation = asked.endpoint?.isDocumentation ?? false
            access = try authorization.check(head.headers, allowsBasic: isDocumentation)
            asked.token = access.name
        }
        switch match {
        case .notFound:
            throw Refusal(.notFound, "There is nothing at this path.")
        case .otherMethods(let methods):
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            throw Refusal(
                .methodNotAllowed, "This path takes only \(allowed).", headers: [("Allow", allowed)])
        case .found(let route, let run):
            guard let target else { throw Refusal(.notFound, "There is nothing at this path.") }
            try access.check(route.endpoint)
            if route.method == .POST { try origins.checkOrigin(head, forwardedHost: asked.forwarded.host) }
            let request = ListenerRequest(
                head: head, parameters: try target.parameters(), connection: connection,
                client: asked.forwarded.client ?? connection.client, access: access)
            if route.endpoint.isQuick {
                return try await perform(route.endpoint, run, request, body: &body)
            }
            // What takes its time must not hold up the other connections of the event loop.
            return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                if route.endpoint.takesPlace { try await registry.enter(request, as: .request) }
                return try await Operator.$current.withValue(asker(of: request)) {
                    try await TraceContext.$current.withValue(request.trace) {
                        try await perform(route.endpoint, run, request, body: &body)
                    }
                }
            }
        }
    }

    /// Who asks, as the audit has it. A control socket knows the user at its other end.
    private func asker(of request: ListenerRequest) -> Operator {
        control == nil
            ? Operator(client: request.submitter) : Operator(who: request.client, from: Operator.controlSocket)
    }

    private func perform(
        _ endpoint: Endpoint, _ run: RunID?, _ request: ListenerRequest, body: inout RequestBody
    ) async throws -> ListenerResponse {
        switch (endpoint, run) {
        case (.sendRecord, _): return try await single.answer(request, body: &body)
        case (.sendRecords, _): return try await bulk.answer(request, body: &body)
        case (.listRuns, _): return try await runs.list(request)
        case (.showRun, let run?): return try await runs.show(run, request)
        case (.listFailures, let run?): return try await runs.failures(of: run, request)
        case (.showRejected, let run?): return try await runs.rejected(of: run, request)
        case (.retryRun, let run?): return try await runs.retry(run, request)
        case (.resumeRun, let run?): return try await runs.resume(run, request)
        case (.pauseRun, let run?): return try await runs.pause(run, request)
        case (.stopRun, let run?): return try await runs.stop(run, request)
        case (.discardRun, let run?): return try await runs.discard(run, request)
        case (.passWindow, let run?): return try await runs.passWindow(run, request)
        case (.showDocumentation, _): return Documentation.page
        case (.describeAPI, _), (.describeAPIAsSwagger, _): return Documentation.description
        case (.checkHealth, _): return health.health()
        case (.checkReadiness, _): return try await health.readiness()
        case (.checkDelivery, _): return try health.delivery()
        case (.readMetrics, _): return await metrics.answer()
        case (.showRun, nil), (.listFailures, nil), (.showRejected, nil), (.retryRun, nil), (.resumeRun, nil),
            (.pauseRun, nil), (.stopRun, nil), (.discardRun, nil), (.passWindow, nil):
            throw Refusal(.notFound, "There is nothing at this path.")
        }
    }

    private func record(
        _ answer: ListenerResponse, _ asked: Asked, _ head: HTTPRequestHead, _ connection: ListenerConnection,
        since start: NIODeadline
    ) {
        let status = Int(answer.status.code)
        let seconds = Double((NIODeadline.now() - start).nanoseconds) / 1e9
        let client = asked.forwarded.client ?? connection.client
        if let endpoint = asked.endpoint, endpoint.isSubmission {
            log.statistics.submitted(
                ListenerSubmission(
                    time: Date(), method: head.method.rawValue, path: endpoint.path, status: status, run: answer.run,
                    client: client, refusal: answer.refusal))
        }
        log.answered(
            AccessLog.Entry(
                endpoint: asked.endpoint, method: head.method.rawValue, status: status,
                bytes: answer.file?.length ?? answer.body.readableBytes, seconds: seconds, client: client, id: asked.id,
                trace: RequestIdentity.trace(head.headers), run: answer.run, token: asked.token),
            endpoint: asked.endpoint, status: status, seconds: seconds)
    }
}

extension Endpoint {
    fileprivate var isDocumentation: Bool {
        self == .showDocumentation || self == .describeAPI || self == .describeAPIAsSwagger
    }

    /// Whether it computes little and touches no disk.
    fileprivate var isQuick: Bool { self == .sendRecord || self == .checkHealth || isDocumentation }

    /// Whether it takes a working place before it begins. Submissions take theirs by themselves, and what watches the
    /// service is always answered.
    fileprivate var takesPlace: Bool {
        switch self {
        case .listRuns, .showRun, .listFailures, .showRejected, .retryRun, .resumeRun, .pauseRun, .stopRun, .discardRun,
            .passWindow:
            true
        case .sendRecord, .sendRecords, .showDocumentation, .describeAPI, .describeAPIAsSwagger, .checkHealth,
            .checkReadiness, .checkDelivery, .readMetrics:
            false
        }
    }

    fileprivate var isSubmission: Bool { self == .sendRecord || self == .sendRecords || self == .retryRun }
}
