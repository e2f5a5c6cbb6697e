/// What was asked, what was answered, and which cookies were applied how often.
struct Ledger {
    typealias Instant = ContinuousClock.Instant

    private(set) var cookies: [String: Int] = [:]
    private(set) var statistics = SandboxStatistics()
    private var first: Instant?
    /// Distinct cookies that are remembered; further ones are only counted.
    private let capacity: Int
    private static let maximumClientFaults = 20

    init(capacity: Int) { self.capacity = capacity }

    mutating func arrived(_ now: Instant) {
        if first == nil { first = now }
        statistics.inFlight += 1
        statistics.maxInFlight = max(statistics.maxInFlight, statistics.inFlight)
    }

    /// - Parameter result: the status, or what happened instead of an answer.
    mutating func left(_ path: String, _ result: String, _ now: Instant) {
        statistics.inFlight -= 1
        statistics.requests["\(path) \(result)", default: 0] += 1
        if let first { statistics.seconds = (now - first) / .seconds(1) }
    }

    mutating func apply(_ items: [BannerItem]) {
        for item in items {
            if let count = cookies[item.cookie] {
                cookies[item.cookie] = count + 1
                statistics.duplicates += 1
            } else if cookies.count < capacity {
                cookies[item.cookie] = 1
                statistics.distinct += 1
            } else {
                statistics.isComplete = false
            }
        }
        statistics.applied += items.count
    }

    mutating func saw(batchOf count: Int) { statistics.maxBatch = max(statistics.maxBatch, count) }

    mutating func blame(_ fault: String) {
        if statistics.clientFaults.count < Self.maximumClientFaults { statistics.clientFaults.append(fault) }
    }

    mutating func opened() { statistics.connections += 1 }

    /// Forgets everything but the requests that are in flight.
    mutating func reset() {
        let inFlight = statistics.inFlight
        self = Ledger(capacity: capacity)
        statistics.inFlight = inFlight
        statistics.maxInFlight = inFlight
    }
}
