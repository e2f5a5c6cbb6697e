import DeliveryModel
import NIOHTTP1

/// What a client can ask for. The raw value is the operation's name in the API's description and in metrics.
enum Operation: String, CaseIterable, Sendable {
    case sendRecord
    case sendRecords
    case listRuns
    case showRun
    case listFailures
    case showRejected
    case retryRun
    case resumeRun
    case pauseRun
    case stopRun
    case discardRun
    case showDocumentation
    case describeAPI
    case describeAPIAsSwagger
    case checkHealth
    case checkReadiness
    case checkDelivery
    case readMetrics
}

struct Route: Sendable {
    let operation: Operation
    let method: HTTPMethod
    /// A path in which `{run}` stands for a run's number.
    let template: String
}

/// Which path leads to which operation.
enum RouteTable {
    static let routes = [
        Route(operation: .sendRecord, method: .POST, template: "/send_record"),
        Route(operation: .sendRecords, method: .POST, template: "/send_record/bulk"),
        Route(operation: .listRuns, method: .GET, template: "/runs"),
        Route(operation: .showRun, method: .GET, template: "/runs/{run}"),
        Route(operation: .listFailures, method: .GET, template: "/runs/{run}/failures"),
        Route(operation: .showRejected, method: .GET, template: "/runs/{run}/rejected.csv"),
        Route(operation: .retryRun, method: .POST, template: "/runs/{run}/retry"),
        Route(operation: .resumeRun, method: .POST, template: "/runs/{run}/resume"),
        Route(operation: .pauseRun, method: .POST, template: "/runs/{run}/pause"),
        Route(operation: .stopRun, method: .POST, template: "/runs/{run}/stop"),
        Route(operation: .discardRun, method: .POST, template: "/runs/{run}/discard"),
        Route(operation: .showDocumentation, method: .GET, template: "/"),
        Route(operation: .describeAPI, method: .GET, template: "/openapi.json"),
        Route(operation: .describeAPIAsSwagger, method: .GET, template: "/swagger.json"),
        Route(operation: .checkHealth, method: .GET, template: "/health"),
        Route(operation: .checkReadiness, method: .GET, template: "/ready"),
        Route(operation: .checkDelivery, method: .GET, template: "/ready/delivery"),
        Route(operation: .readMetrics, method: .GET, template: "/metrics"),
    ]

    enum Match {
        case found(Route, run: RunID?)
        /// The path exists, for these methods.
        case otherMethods([HTTPMethod])
        case notFound
    }

    static func match(_ method: HTTPMethod, path: Substring) -> Match {
        let (template, run) = template(of: path)
        var others: [HTTPMethod] = []
        for route in routes where route.template == template {
            if route.method == method || (method == .HEAD && route.method == .GET) { return .found(route, run: run) }
            others.append(route.method)
            if route.method == .GET { others.append(.HEAD) }
        }
        return others.isEmpty ? .notFound : .otherMethods(others)
    }

    private static func template(of path: Substring) -> (Substring, RunID?) {
        guard path.hasPrefix("/runs/") else { return (path, nil) }
        let rest = path.dropFirst("/runs/".count)
        let number = rest.prefix { $0 != "/" }
        guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let run = RunID(argument: number) else {
            return (path, nil)
        }
        return ("/runs/{run}" + rest.dropFirst(number.count), run)
    }
}
