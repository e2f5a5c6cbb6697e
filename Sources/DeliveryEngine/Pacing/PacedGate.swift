import DeliveryModel
import Foundation

/// Learns how many requests a second an API takes that allows no bursts, or few requests.
///
/// Requests are spaced: immediately 0.7 of the rate that was accepted, back to just below
/// it along a cubic, a plateau there, and after the plateau a cubic probe for more, never above twice what is
/// accepted. A 429 that ends a probe costs little and makes the next plateau longer, so that a steady limit is used
/// almost in full and almost without refusals.
struct PacedGate: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Learned {
        /// The rate that the API was seen to accept.
        var ceiling: Double
        /// A ceiling that held for a whole plateau.
        var proven: Double?
        /// Share of the ceiling that was given up at `since`.
        var drop: Double
        var since: Instant
        /// Seconds at the ceiling before the next probe.
        var plateau: Double
        /// When the next request may leave.
        var next: Instant
        /// When the API last refused one.
        var refusedAt: Instant
    }

    private var learned: Learned
    private var accepted = RateMeter()
    private var sent = RateMeter()

    private static let floor = 0.5
    /// A refusal of the very first requests tells nothing of the rate: a guess is sooner corrected than the floor.
    private static let firstGuess = 10.0
    private static let recovery = 2.0
    private static let probe = 8.0
    private static let guessedPlateau = 1.0
    private static let longestPlateau = 60.0
    /// An API that counts by the second keeps refusing until its second is over.
    private static let echo = Duration.seconds(1)
    /// Kept below the ceiling, so that jitter alone meets no refusal.
    private static let margin = 0.985
    /// A refusal sooner after the last one means that the ceiling was still too high.
    private static let settling = 2.5

    /// What is known of an API that took so many requests before it refused one.
    /// - Parameter since: when sending begins again.
    init(ceiling: Double, since: Instant) {
        learned = Learned(
            ceiling: ceiling > 0 ? max(Self.floor, ceiling) : Self.firstGuess, drop: 0.3, since: since,
            plateau: Self.guessedPlateau, next: since, refusedAt: since)
    }

    /// What another process has learned.
    /// - Parameter since: when sending begins.
    init(proven rate: Double, since: Instant) {
        let ceiling = max(Self.floor, rate)
        learned = Learned(
            ceiling: ceiling, proven: ceiling, drop: 0.3, since: since,
            plateau: Self.shortestPlateau(at: ceiling, pause: .zero), next: since, refusedAt: since)
    }

    /// The rate that the API was seen to accept.
    var ceiling: Double { learned.ceiling }

    mutating func scale(by factor: Double) {
        learned.ceiling = max(Self.floor, learned.ceiling * factor)
        learned.proven = learned.proven.map { max(Self.floor, $0 * factor) }
    }

    /// Requests a second that may leave now.
    func rate(now: Instant) -> Double {
        // A pause that the API asked for comes before the recovery.
        let seconds = max(0, (now - learned.since).inSeconds)
        let target = learned.ceiling * Self.margin
        if seconds < Self.recovery {
            let missing = 1 - seconds / Self.recovery
            return max(Self.floor, target * (1 - learned.drop * missing * missing * missing))
        }
        let probing = seconds - Self.recovery - learned.plateau
        guard probing > 0 else { return max(Self.floor, target) }
        let growth = probing / Self.probe
        // A ceiling that was only guessed is left behind quickly.
        let factor = learned.proven == nil ? exp2(probing) : 1 + growth * growth * growth
        let bound = max(2 * accepted.rate(now: now), target + 1)
        return max(Self.floor, min(target * factor, bound))
    }

    /// When the next request may leave; `now` or earlier means immediately.
    func opens() -> Instant { learned.next }

    /// A request leaves.
    mutating func sent(now: Instant) {
        sent.add(now: now)
        // Up to a twentieth of a second that was not used is made up for, not more: bursts are what is refused.
        let earliest = now - .milliseconds(50)
        learned.next = max(learned.next, earliest) + .seconds(1 / rate(now: now))
    }

    /// The API took a request.
    mutating func accepted(now: Instant) { accepted.add(now: now) }

    /// The API answered 429 to a request that left at `sentAt`.
    /// - Parameter pause: what the API asked for by `Retry-After`, for which nothing leaves.
    mutating func refused(sentAt: Instant, now: Instant, pause: Duration = .zero) {
        let previous = learned
        // What left before the last refusal was known tells nothing new.
        guard sentAt > previous.since else { return }
        if sentAt - previous.refusedAt < Self.echo {
            learned.next = now + max(pause, .milliseconds(250))
            return
        }
        learned = refuted(previous, sentAt: sentAt, now: now, pause: pause)
    }

    /// What is known after another refusal.
    private func refuted(_ previous: Learned, sentAt: Instant, now: Instant, pause: Duration) -> Learned {
        let seconds = (now - previous.since).inSeconds
        let current = rate(now: now)
        var next = previous
        var silence = max(pause, .seconds(1 / max(Self.floor, current)))
        if seconds > Self.recovery + previous.plateau {
            // A probe found the limit. What it saw may have been saved up before, so the ceiling that held is kept in
            // mind until the new one has held, too.
            next.ceiling = min(current, max(taken(before: sentAt), previous.ceiling))
            next.proven = previous.ceiling
            next.drop = 0.12
            next.plateau = max(previous.plateau, min(2 * previous.plateau, Self.longestPlateau))
        } else if let proven = previous.proven, previous.ceiling > proven {
            next.ceiling = max(proven, 0.93 * previous.ceiling)
            next.drop = 0.1
        } else if seconds > Self.settling {
            next.ceiling = 0.98 * previous.ceiling
            next.drop = 0.12
        } else {
            let lowered = (previous.proven == nil ? 0.7 : 0.93) * min(previous.ceiling, current)
            next.ceiling = max(lowered, min(taken(before: sentAt), 0.97 * current))
            next.drop = 0.3
            silence = max(silence, .milliseconds(500))
        }
        next.ceiling = max(Self.floor, next.ceiling)
        next.plateau =
            next.proven == nil
            ? Self.guessedPlateau : max(next.plateau, Self.shortestPlateau(at: next.ceiling, pause: pause))
        next.refusedAt = now
        next.since = now + pause
        next.next = now + silence
        return next
    }

    /// What the API took in the second before it refused a request that left at `sentAt`, which is counted, too.
    private func taken(before sentAt: Instant) -> Double { sent.rate(now: sentAt) - 1 }

    /// A probe costs a refusal and the pause that the API asks for: so many seconds at the ceiling make the first one
    /// in 67 requests at most, and the second a fortieth of the time.
    private static func shortestPlateau(at rate: Double, pause: Duration) -> Double {
        min(max(5, 67 / rate, 40 * pause.inSeconds), 300)
    }
}
