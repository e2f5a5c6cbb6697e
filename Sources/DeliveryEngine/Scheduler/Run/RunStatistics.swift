import CustomerRecords
import DeliveryModel
import Foundation
import Histogram
import ShowAdsAPI

/// What a run's screen shows: counts, rates, latencies, the last minutes and events.
struct RunStatistics: Sendable {
    typealias Instant = ContinuousClock.Instant

    var counts = RunCounts()
    var possibleDuplicates = 0
    /// Distinct records that may have arrived more than once.
    var recordsInDoubt = 0
    var retryableFailures = 0
    private(set) var requests: Int
    private(set) var retries: Int
    private(set) var statuses: [String: Int]
    private(set) var events: [RunEvent] = []
    private(set) var peakRate = 0.0
    private var latencies = Histogram<UInt64>(
        lowestDiscernibleValue: 1, highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: .two)
    /// As of so many measured requests: it is asked for far more often than it changes.
    private var known: (requests: UInt64, latency: LatencySummary)?
    /// Since this process took the run.
    private(set) var graph = RunGraph()
    private var sent = SecondSeries()
    private var errors = SecondSeries()
    /// Seconds worked on the run before this process.
    private let earlierSeconds: Double
    private let began: Instant

    init(continuing summary: RunSummary, now: Instant) {
        counts = summary.counts
        possibleDuplicates = summary.possibleDuplicates
        recordsInDoubt = summary.recordsInDoubt
        requests = summary.requests
        retries = summary.retries
        statuses = summary.statuses
        earlierSeconds = summary.seconds
        began = now
        sent.begin(now)
        errors.begin(now)
    }

    func seconds(now: Instant) -> Double { earlierSeconds + (now - began).inSeconds }

    mutating func planned(_ batch: RecordBatch) {
        counts.pending += batch.count
        counts.rejected += batch.tally.rejected
        counts.filtered += batch.tally.filtered
        for code in ReasonCode.allCases where batch.tally[code] > 0 {
            counts.reasons[code, default: 0] += batch.tally[code]
        }
    }

    mutating func answered(_ answer: APIResponse, isRetry: Bool, now: Instant) {
        guard !answer.isShared else { return }
        requests += 1
        if isRetry { retries += 1 }
        statuses[answer.label, default: 0] += 1
        if answer.outcome == .applied {
            let microseconds = UInt64(max(1, answer.duration.inSeconds * 1e6))
            _ = latencies.record(min(microseconds, 120_000_000))
        } else {
            errors.add(1, now: now)
            graph.add(errors: 1, second: Int((now - began).inSeconds))
        }
    }

    mutating func acknowledged(_ records: Int, now: Instant) {
        counts.pending -= records
        counts.sent += records
        sent.add(records, now: now)
        graph.add(sent: records, second: Int((now - began).inSeconds))
    }

    mutating func failed(_ records: Int, kind: FailedRecord.Kind) {
        counts.pending -= records
        counts.failed += records
        if kind == .retryable { retryableFailures += records }
    }

    mutating func add(_ severity: RunEvent.Severity, _ text: String, at date: Date) {
        events.insert(RunEvent(time: date, severity: severity, text: text), at: 0)
        if events.count > RunSnapshot.maximumEvents { events.removeLast() }
    }

    /// Brings the figures that depend on the time up to `now`.
    mutating func advance(now: Instant) {
        sent.advance(now)
        errors.advance(now)
        peakRate = max(peakRate, Double(sent.peak))
    }

    mutating func end(now: Instant) {
        sent.end(now)
        errors.end(now)
        peakRate = max(peakRate, Double(sent.peak))
    }

    /// Records a second over the last five seconds, or since the start when that is less.
    func rate(now: Instant) -> Double { sent.rate(over: 5, now: now) }

    var sentPerSecond: [Int] { sent.complete }
    var errorsPerSecond: [Int] { errors.complete }

    mutating func latency() -> LatencySummary? {
        guard latencies.totalCount > 0 else { return nil }
        if let known, known.requests == latencies.totalCount { return known.latency }
        func seconds(_ percentile: Double) -> Double { Double(latencies.valueAtPercentile(percentile)) / 1e6 }
        let latency = LatencySummary(p50: seconds(50), p95: seconds(95), p99: seconds(99))
        known = (latencies.totalCount, latency)
        return latency
    }
}
