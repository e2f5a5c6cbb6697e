import DeliveryModel
import Foundation
import TerminalKit

/// A run's state in words and colors.
enum RunText {
    static func ink(_ state: RunState) -> Ink {
        switch state {
        case .preparing, .running, .finishing: .accent
        case .paused, .waiting, .stopped: .warning
        case .done: .good
        case .failed: .bad
        case .dryRun, .skipped: .dim
        }
    }

    static func symbol(_ state: RunState) -> String {
        switch state {
        case .preparing, .running, .finishing: "●"
        case .paused, .waiting: "◆"
        case .done: "✓"
        case .stopped: "■"
        case .failed: "✗"
        case .dryRun, .skipped: "○"
        }
    }

    static func badge(_ state: RunState) -> String {
        switch state {
        case .preparing: "PREPARING"
        case .running: "SENDING"
        case .paused: "PAUSED"
        case .waiting: "WAITING"
        case .finishing: "FINISHING"
        case .done: "DONE"
        case .stopped: "STOPPED"
        case .failed: "FAILED"
        case .dryRun: "DRY RUN"
        case .skipped: "SKIPPED"
        }
    }

    /// One word for tables.
    static func word(_ state: RunState) -> String {
        switch state {
        case .preparing: "preparing"
        case .running: "sending"
        case .finishing: "finishing"
        case .dryRun: "dry run"
        default: state.word
        }
    }

    /// The state in a sentence; empty when the badge says all.
    static func sentence(_ run: RunSnapshot, _ model: Model) -> Line {
        switch run.state {
        case .preparing: return Line("Opening the source and logging in", .dim)
        case .running: return Line()
        case .paused: return Line("Held by you: p goes on", .warning)
        case .waiting(let reason, let until):
            guard let until else { return Line("Waiting for the API: \(reason)", .warning) }
            let left = max(0, until.timeIntervalSince(model.now))
            return [
                Line("Waiting for the API until \(model.time.clock(until))", .warning, .bold),
                Line(" (\(Figures.span(left.rounded(.up)))): \(reason)", .warning),
            ]
        case .finishing: return Line("Everything is read; awaiting the last answers", .dim)
        case .done:
            let counts = run.summary.counts
            let open = run.summary.undelivered
            let outcome =
                open > 0
                ? Line("\(Figures.count(open)) not delivered", .warning)
                : Line("Every valid record was delivered", .good)
            guard open + counts.rejected > 0 else { return outcome }
            let rejected = counts.rejected > 0 ? " · \(Figures.count(counts.rejected)) rejected" : ""
            return [outcome, Line(rejected + ": ", .dim), Line("f", .accent, .bold), Line(" shows them", .dim)]
        case .stopped(let reason):
            return [Line("\(reason). ", .warning), Line("c", .accent, .bold), Line(" resumes it", .dim)]
        case .failed(let reason): return Line(reason, .bad)
        case .dryRun: return Line("Counted, nothing sent", .dim)
        case .skipped: return Line("Nothing sent: this content was delivered before", .dim)
        }
    }

    /// The last part of a source's path.
    static func source(_ source: RunSource) -> String {
        switch source {
        case .file(let path): Model.name(of: path)
        default: source.text
        }
    }

    /// How much of the source is done, 0…1; `nil` when its size is unknown.
    static func share(_ run: RunSnapshot) -> Double? {
        if run.state == .done { return 1 }
        guard let total = run.total, total > 0 else { return nil }
        return Double(run.position) / Double(total)
    }
}
