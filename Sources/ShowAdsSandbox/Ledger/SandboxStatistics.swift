/// What a `Sandbox` has seen since its start or the last reset.
public struct SandboxStatistics: Hashable, Codable, Sendable {
    /// How many requests each path was answered with each status: `"/banners/show/bulk 200"`. In place of a status stands
    /// `reset`, `outage` or `hang` when no answer was given.
    public internal(set) var requests: [String: Int] = [:]
    /// Records applied, every time counted.
    public internal(set) var applied = 0
    /// Cookies applied at least once.
    public internal(set) var distinct = 0
    /// Times that a cookie was applied again.
    public internal(set) var duplicates = 0
    public internal(set) var inFlight = 0
    public internal(set) var maxInFlight = 0
    /// Connections accepted.
    public internal(set) var connections = 0
    /// The most records in one request.
    public internal(set) var maxBatch = 0
    /// From the first request to the last answer.
    public internal(set) var seconds = 0.0
    /// The first requests that no correct client sends, and why.
    public internal(set) var clientFaults: [String] = []
    /// Whether every applied cookie is remembered; if not, `distinct` and `duplicates` are too low.
    public internal(set) var isComplete = true

    private enum CodingKeys: String, CodingKey {
        case requests, applied, distinct, duplicates, connections, seconds
        case inFlight = "in_flight"
        case maxInFlight = "max_in_flight"
        case maxBatch = "max_batch"
        case clientFaults = "client_faults"
        case isComplete = "complete"
    }

    /// Answers to one path with one status (or `reset`, `outage`, `hang`).
    public func count(_ path: String, _ result: String) -> Int { requests["\(path) \(result)"] ?? 0 }

    /// Requests to one path, whatever they were answered.
    public func count(_ path: String) -> Int {
        requests.reduce(0) { $1.key.hasPrefix("\(path) ") ? $0 + $1.value : $0 }
    }
}
