import DeliveryModel
import Foundation
import TerminalKit

/// How the API answers.
enum APIView {
    static func draw(_ run: RunSnapshot, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle) {
        let engine = model.engine
        let summary = run.summary
        func pairs(_ pairs: (String, String, Ink)...) -> Line {
            pairs.map { [Line($0.0 + " ", .dim), Line($0.1, $0.2)] as Line }.fitting(area.width)
        }
        var lines: [Line] = [statuses(run, model, area.width)]
        let limit =
            engine.concurrencyLimit < engine.concurrencyMaximum
            ? "\(engine.concurrencyLimit) (max \(engine.concurrencyMaximum))" : "\(engine.concurrencyMaximum)"
        // What is allowed now says nothing of a run that has ended.
        let inFlight = run.state.isActive ? "\(run.inFlight) of \(limit)" : "\(run.inFlight)"
        lines.append(pairs(("in flight", inFlight, run.state.isActive ? .bright : .dim)) + oldest(run, model))
        lines.append(
            pairs(
                ("requests", NumberText.count(summary.requests), .text),
                ("retries", NumberText.count(summary.retries), summary.retries > 0 ? .warning : .text),
                ("waiting", NumberText.count(run.waitingRetries), run.waitingRetries > 0 ? .warning : .text)))
        if let latency = run.latency {
            lines.append(
                pairs(
                    ("p50", NumberText.duration(latency.p50), .text), ("p95", NumberText.duration(latency.p95), .text),
                    ("p99", NumberText.duration(latency.p99), .text)))
        } else {
            // Those of an earlier process were answered then.
            let none = summary.statuses.isEmpty ? "no response yet" : "no latency yet"
            let isExpected = model.isRecorded(run) && run.state.isActive
            lines.append(Line(isExpected ? none : "latency not recorded", .faint))
        }
        let duplicates = summary.mayArriveTwice
        lines.append(
            pairs(("possible duplicates", NumberText.count(duplicates), duplicates > 0 ? .warning : .text)))
        let rate = engine.rateMaximum.map { NumberText.rate(Double($0)) } ?? "none"
        let pace =
            engine.requestRateLimit.map {
                pairs(
                    ("rate limit", rate, .text),
                    ("throttled to", $0 < 1 ? "under 1/s" : NumberText.rate($0), .warning))
            } ?? pairs(("rate limit", rate, .text))
        if run.state.isActive { lines.append(breaker(engine, model) ?? pace) }
        for (index, line) in lines.prefix(area.height).enumerated() { canvas.write(line, area.row(index)) }
    }

    /// A request that hangs is told by its age.
    private static func oldest(_ run: RunSnapshot, _ model: Model) -> Line {
        let sent = model.engine.requestsInFlight(of: run.id).map(\.started).min()
        guard let age = sent.map({ model.now.timeIntervalSince($0) }), age >= 2 else { return Line() }
        return [Line("   oldest ", .dim), Line(NumberText.span(age), age >= 10 ? .warning : .text)]
    }

    private static func breaker(_ engine: EngineSnapshot, _ model: Model) -> Line? {
        switch engine.breaker {
        case .closed: nil
        case .open(let until): Line("API unavailable, next try at \(model.time.clock(until))", .bad, .bold)
        case .probing: Line("checking with one request", .warning)
        }
    }

    /// Answers by status: 2xx first, then what went wrong, the most frequent first.
    private static func statuses(_ run: RunSnapshot, _ model: Model, _ columns: Int) -> Line {
        let summary = run.summary
        let statuses = summary.statuses
        guard !statuses.isEmpty else {
            if run.inFlight > 0 { return Line("no response yet", .warning) }
            if run.state.isActive { return Line("no requests yet", .faint) }
            // Requests that were cut off were sent, and may have been applied.
            return summary.mayArriveTwice > 0 ? Line("no response", .warning) : Line("no requests", .faint)
        }
        let sorted = statuses.sorted { left, right in
            let (isLeftGood, isRightGood) = (left.key.hasPrefix("2"), right.key.hasPrefix("2"))
            if isLeftGood != isRightGood { return isLeftGood }
            return (left.value, right.key) > (right.value, left.key)
        }
        return sorted.map { status, count -> Line in
            let ink: Ink = status.hasPrefix("2") ? .good : status.hasPrefix("4") ? .warning : .bad
            return [Line(status.replacing("_", with: " ") + " ", ink), Line(NumberText.count(count))]
        }.fitting(columns)
    }
}
