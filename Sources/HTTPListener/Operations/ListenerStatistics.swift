import CustomerRecords
import DeliveryModel
import Foundation
import NIOHTTP1
import Synchronization

/// What the listener has done, for the screen and for metrics.
final class ListenerStatistics: Sendable {
    /// Upper bounds, in seconds, of the histogram of how long requests took.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    static let shownSubmissions = 100

    struct Key: Hashable {
        /// `nil` is a request that reached no endpoint.
        var endpoint: Endpoint?
        var status: Int
    }

    struct Durations {
        /// Requests in each bucket; one more than there are bounds.
        var buckets = [Int](repeating: 0, count: ListenerStatistics.bounds.count + 1)
        var sum = 0.0

        mutating func add(_ seconds: Double) {
            buckets[ListenerStatistics.bounds.firstIndex { seconds <= $0 } ?? ListenerStatistics.bounds.count] += 1
            sum += seconds
        }
    }

    struct Totals {
        var requests: [Key: Int] = [:]
        var durations: [Endpoint: Durations] = [:]
        var uploadedBytes = 0
        var refused: [ConnectionRefusal: Int] = [:]
        var gaveWay = 0
        /// Single records that were rejected or filtered.
        var invalid: [ReasonCode: Int] = [:]
        /// A ring: `next` is the oldest once it is full.
        var submissions: [ListenerSubmission] = []
        var next = 0
    }

    private let totals = Mutex(Totals())

    func read() -> Totals { totals.withLock { $0 } }

    func answered(_ endpoint: Endpoint?, status: Int, seconds: Double) {
        totals.withLock { totals in
            totals.requests[Key(endpoint: endpoint, status: status), default: 0] += 1
            guard let endpoint else { return }
            totals.durations[endpoint, default: Durations()].add(seconds)
        }
    }

    /// A connection was refused before its request reached an endpoint.
    func refused(_ refusal: ConnectionRefusal) {
        totals.withLock { totals in
            totals.requests[Key(endpoint: nil, status: Int(refusal.status.code)), default: 0] += 1
            totals.refused[refusal, default: 0] += 1
        }
    }

    /// An idle connection was closed for a new one.
    func gaveWay() {
        totals.withLock { $0.gaveWay += 1 }
    }

    /// A submission was answered as not valid, under the code that says why.
    func invalid(_ reason: ReasonCode) {
        totals.withLock { $0.invalid[reason, default: 0] += 1 }
    }

    func submitted(_ submission: ListenerSubmission) {
        totals.withLock { totals in
            if totals.submissions.count < Self.shownSubmissions {
                totals.submissions.append(submission)
            } else {
                totals.submissions[totals.next] = submission
                totals.next = (totals.next + 1) % Self.shownSubmissions
            }
        }
    }

    func received(bytes: Int) {
        totals.withLock { $0.uploadedBytes += bytes }
    }
}

extension ListenerStatistics.Totals {
    var newestSubmissions: [ListenerSubmission] {
        Array((submissions[next...] + submissions[..<next]).reversed())
    }

    var routeCounts: [ListenerSnapshot.RouteCount] {
        requests.map { key, count in
            ListenerSnapshot.RouteCount(path: key.endpoint?.path ?? "(none)", status: key.status, count: count)
        }
        .sorted { ($0.path, $0.status) < ($1.path, $1.status) }
    }
}

extension Endpoint {
    /// The template of its route.
    var path: String { Self.paths[self] ?? rawValue }

    private static let paths = Dictionary(
        RouteTable.routes.map { ($0.endpoint, $0.template) }, uniquingKeysWith: { first, _ in first })
}
