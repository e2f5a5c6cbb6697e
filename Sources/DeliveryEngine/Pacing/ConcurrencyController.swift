import DeliveryModel
import Foundation

/// Learns how many requests the API bears at a time.
///
/// The limit starts at 2 and doubles with every window (one mean round trip) until the first sign of pressure; from
/// then on it grows by one or shrinks by a tenth. Pressure is a time-out, a 5xx, or a window whose mean latency lies
/// 2.5 deviations above the past mean, and at least 5 ms and 10 % above it.
struct ConcurrencyController: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// The most that the operator allows.
    var maximum: Int {
        didSet { exact = min(exact, Double(maximum)) }
    }
    /// Requests that may be in flight now.
    var limit: Int { max(1, Int(exact)) }

    private var exact: Double
    private var isDoubling = true
    private var pastMean: Double?
    private var deviation = 0.0
    private var window = Window()

    private struct Window {
        var start: Instant?
        var latencies = 0.0
        var samples = 0
        var isUnderPressure = false
        var wasUsedUp = false
    }

    private static let smoothing = 0.4
    private static let decrease = 0.9
    /// A window is never shorter: below it the clock and the scheduler are measured, not the API.
    private static let shortestWindow = 0.002

    init(maximum: Int, initial: Int = 2) {
        self.maximum = maximum
        exact = Double(min(initial, maximum))
    }

    /// A request leaves; `inFlight` counts it.
    mutating func sent(inFlight: Int, now: Instant) {
        if window.start == nil { window.start = now }
        if inFlight >= limit { window.wasUsedUp = true }
    }

    /// The first attempt of a batch succeeded. Retries are not timed: they say more about faults than about load.
    mutating func succeeded(latency: Duration, now: Instant) {
        window.latencies += latency.inSeconds
        window.samples += 1
        closeWindow(now)
    }

    /// A time-out or a 5xx.
    mutating func pressed(now: Instant) {
        window.isUnderPressure = true
        closeWindow(now)
    }

    private mutating func closeWindow(_ now: Instant) {
        guard let start = window.start else { return }
        let length = max(pastMean ?? 0, Self.shortestWindow)
        guard (now - start).inSeconds >= length else { return }
        let mean = window.samples > 0 ? window.latencies / Double(window.samples) : nil
        if window.isUnderPressure || mean.map(isSlow) == true {
            exact = max(1, exact * Self.decrease)
            isDoubling = false
        } else if window.wasUsedUp {
            exact = min(Double(maximum), isDoubling ? exact * 2 : exact + 1)
        }
        if let mean { learn(mean) }
        window = Window(start: now)
    }

    private func isSlow(_ mean: Double) -> Bool {
        guard let pastMean else { return false }
        return mean >= pastMean + max(2.5 * deviation, 0.005, 0.1 * pastMean)
    }

    private mutating func learn(_ mean: Double) {
        guard let past = pastMean else {
            pastMean = mean
            return
        }
        deviation += Self.smoothing * (abs(mean - past) - deviation)
        pastMean = past + Self.smoothing * (mean - past)
    }
}
