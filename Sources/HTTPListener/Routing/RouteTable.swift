import DeliveryModel
import NIOHTTP1

/// What a client can ask for. The raw value is the endpoint's name in the API's description and in metrics.
enum Endpoint: String, CaseIterable, Sendable {
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
    case passWindow
    case showDocumentation
    case describeAPI
    case describeAPIAsSwagger
    case checkHealth
    case checkReadiness
    case checkDelivery
    case readMetrics
}

struct Route: Sendable {
    let endpoint: Endpoint
    let method: HTTPMethod
    /// A path in which `{run}` stands for a run's number.
    let template: String
}

/// Which path leads to which endpoint.
enum RouteTable {
    static let routes = [
        Route(endpoint: .sendRecord, method: .POST, template: "/send_record"),
        Route(endpoint: .sendRecords, method: .POST, template: "/send_record/bulk"),
        Route(endpoint: .listRuns, method: .GET, template: "/runs"),
        Route(endpoint: .showRun, method: .GET, template: "/runs/{run}"),
        Route(endpoint: .listFailures, method: .GET, template: "/runs/{run}/failures"),
        Route(endpoint: .showRejected, method: .GET, template: "/runs/{run}/rejected.csv"),
        Route(endpoint: .retryRun, method: .POST, template: "/runs/{run}/retry"),
        Route(endpoint: .resumeRun, method: .POST, template: "/runs/{run}/resume"),
        Route(endpoint: .pauseRun, method: .POST, template: "/runs/{run}/pause"),
        Route(endpoint: .stopRun, method: .POST, template: "/runs/{run}/stop"),
        Route(endpoint: .discardRun, method: .POST, template: "/runs/{run}/discard"),
        Route(endpoint: .passWindow, method: .POST, template: "/runs/{run}/pass-window"),
        Route(endpoint: .showDocumentation, method: .GET, template: "/"),
        Route(endpoint: .describeAPI, method: .GET, template: "/openapi.json"),
        Route(endpoint: .describeAPIAsSwagger, method: .GET, template: "/swagger.json"),
        Route(endpoint: .checkHealth, method: .GET, template: "/health"),
        Route(endpoint: .checkReadiness, method: .GET, template: "/ready"),
        Route(endpoint: .checkDelivery, method: .GET, template: "/ready/delivery"),
        Route(endpoint: .readMetrics, method: .GET, template: "/metrics"),
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
