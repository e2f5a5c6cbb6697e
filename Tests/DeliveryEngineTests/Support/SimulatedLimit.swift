import DeliveryModel
import Foundation
import Testing

@testable import DeliveryEngine

/// How a simulated API limits requests.
enum Limiter: CustomTestStringConvertible, Sendable {
    case slidingWindow(Int)
    /// - Parameter phase: which part of a second is over when the first request is sent.
    case fixedWindow(Int, phase: Double)
    case bucket(rate: Double, burst: Double)

    var testDescription: String {
        switch self {
        case .slidingWindow(let n): "sliding window of \(n)"
        case .fixedWindow(let n, let phase): "fixed window of \(n) that began \(phase) s ago"
        case .bucket(let rate, let burst): "bucket of \(rate)/s, burst \(burst)"
        }
    }

    var rate: Double {
        switch self {
        case .slidingWindow(let n), .fixedWindow(let n, _): Double(n)
        case .bucket(let rate, _): rate
        }
    }
}

/// An API with a limit, and a client that sends as fast as its gate lets it, on virtual time.
struct LimitSimulation {
    typealias Instant = ContinuousClock.Instant

    /// The limit at the beginning, and those that take its place later, at their seconds.
    var limits: [(from: Double, limiter: Limiter)]
    /// Seconds that a refusal asks for.
    var retryAfter: Double?
    /// Of an answer, and up to half as much more, in seconds.
    var latency = 0.02
    var concurrency = 16
    var random = SeededGenerator(seed: 1)

    struct Result {
        /// When requests were accepted and refused, in seconds.
        var accepted: [Double] = []
        var refused: [Double] = []

        func used(_ range: Range<Double>, of rate: Double) -> Double {
            Double(accepted.count { range.contains($0) }) / (range.upperBound - range.lowerBound) / rate
        }

        func refusedShare(_ range: Range<Double>) -> Double {
            let refused = self.refused.count { range.contains($0) }
            return Double(refused) / Double(max(1, refused + accepted.count { range.contains($0) }))
        }
    }

    private struct Request {
        var sent: Double
        var arrives: Double
        var answered: Double
        var isAccepted: Bool?
    }

    private var taken: [Double] = []
    private var tokens: Double?
    private var refilled = 0.0

    init(_ limits: [(from: Double, limiter: Limiter)], retryAfter: Double? = nil, latency: Double = 0.02) {
        self.limits = limits
        self.retryAfter = retryAfter
        self.latency = latency
    }

    mutating func run(seconds: Double) -> Result {
        let start = ContinuousClock.now
        func instant(_ time: Double) -> Instant { start + .seconds(time) }
        var gate = RateGate()
        var inFlight: [Request] = []
        var pausedUntil = 0.0
        var result = Result()
        var places = 2
        var doubles = latency
        // In most milliseconds nothing happens: they are left out.
        var now = 0.0
        while now < seconds {
            if inFlight.contains(where: { $0.isAccepted == nil && $0.arrives <= now }) {
                arrive(&inFlight, until: now, into: &result)
            }
            for request in inFlight.filter({ $0.answered <= now }).sorted(by: { $0.answered < $1.answered }) {
                if request.isAccepted == true {
                    gate.accepted(sentAt: instant(request.sent), now: instant(now))
                } else {
                    let pause = retryAfter.map { $0 + Double.random(in: 0.005...0.1, using: &random) } ?? 0
                    let drain = gate.refused(
                        sentAt: instant(request.sent), now: instant(now), pause: .seconds(pause))
                    pausedUntil = max(pausedUntil, now + (drain?.inSeconds ?? 0), now + pause)
                }
            }
            inFlight.removeAll { $0.answered <= now }
            if now >= doubles {
                doubles = now + latency
                places = min(concurrency, 2 * places)
            }
            while inFlight.count < places, now >= pausedUntil, isOpen(gate, instant(now)) {
                gate.sent(now: instant(now))
                let there = Double.random(in: 0...latency / 4, using: &random)
                let back = Double.random(in: 0...latency / 4, using: &random)
                inFlight.append(
                    Request(sent: now, arrives: now + latency / 2 + there, answered: now + latency + there + back))
            }
            var next = places < concurrency ? doubles : seconds
            for request in inFlight {
                next = min(next, request.isAccepted == nil ? request.arrives : request.answered)
            }
            if inFlight.count < places {
                switch gate.opening {
                case .open: next = min(next, pausedUntil)
                case .at(let instant): next = min(next, max(pausedUntil, start.duration(to: instant).inSeconds))
                case .whenAnswered: break
                }
            }
            now = max(now * 1000 + 1, (next * 1000).rounded(.up)).rounded() / 1000
        }
        return result
    }

    private mutating func arrive(_ requests: inout [Request], until now: Double, into result: inout Result) {
        for index in requests.indices.sorted(by: { requests[$0].arrives < requests[$1].arrives })
        where requests[index].isAccepted == nil && requests[index].arrives <= now {
            let isAccepted = take(at: requests[index].arrives)
            requests[index].isAccepted = isAccepted
            if isAccepted {
                result.accepted.append(requests[index].arrives)
            } else {
                result.refused.append(requests[index].arrives)
            }
        }
    }

    private func isOpen(_ gate: RateGate, _ now: Instant) -> Bool {
        switch gate.opening {
        case .open: true
        case .at(let instant): instant <= now
        case .whenAnswered: false
        }
    }

    private mutating func take(at time: Double) -> Bool {
        let limiter = limits.last { $0.from <= time }?.limiter ?? limits[0].limiter
        switch limiter {
        case .slidingWindow(let limit):
            taken.removeAll { $0 <= time - 1 }
            if taken.count >= limit { return false }
        case .fixedWindow(let limit, let phase):
            taken.removeAll { ($0 + phase).rounded(.down) < (time + phase).rounded(.down) }
            if taken.count >= limit { return false }
        case .bucket(let rate, let burst):
            tokens = min(burst, (tokens ?? burst) + (time - refilled) * rate)
            refilled = time
            guard let present = tokens, present >= 1 else { return false }
            tokens = present - 1
        }
        taken.append(time)
        return true
    }
}
