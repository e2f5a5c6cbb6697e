import CustomerRecords
import DeliveryModel
import Foundation
import TerminalKit

/// A run's state in words and colors.
enum RunText {
    /// How a run stands, where the state alone would say too much: success is green only when everything arrived.
    enum Verdict: Hashable, Sendable {
        case active, waiting, delivered, mostlyRejected, undelivered, dismissed, nothingSent, doubtful, stopped, failed
        case counted
    }

    static func verdict(_ run: RunSummary) -> Verdict {
        switch run.state {
        case .preparing, .running, .finishing: .active
        case .paused, .waiting: .waiting
        case .stopped: .stopped
        case .failed, .refused: .failed
        case .dryRun, .skipped: .counted
        case .done:
            if run.undelivered > 0 {
                .undelivered
            } else if run.dismissed > 0 {
                .dismissed
            } else if run.counts.sent + run.recovered == 0 {
                .nothingSent
            } else if run.mayArriveTwice > 0 {
                .doubtful
            } else {
                // From a tenth on the file may have been misread: that is not success.
                run.openRejected * 10 >= max(1, run.counts.read) ? .mostlyRejected : .delivered
            }
        }
    }

    static func ink(_ run: RunSummary) -> Ink {
        switch verdict(run) {
        case .active: .accent
        case .waiting, .mostlyRejected, .undelivered, .dismissed, .nothingSent, .doubtful, .stopped: .warning
        case .delivered: .good
        case .failed: .bad
        case .counted: .dim
        }
    }

    static func symbol(_ run: RunSummary) -> String {
        switch verdict(run) {
        case .active: "●"
        case .waiting: "◆"
        case .delivered: "✓"
        case .mostlyRejected, .undelivered, .dismissed, .nothingSent, .doubtful: "!"
        case .stopped: "■"
        case .failed: "✗"
        case .counted: "○"
        }
    }

    static func badge(_ run: RunSummary, isStopping: Bool = false) -> String {
        if isStopping, run.state.isActive { return "STOPPING" }
        switch run.state {
        case .preparing: return "PREPARING"
        case .running: return "SENDING"
        case .paused: return "PAUSED"
        case .waiting: return "WAITING"
        case .finishing: return "FINISHING"
        case .stopped: return "STOPPED"
        case .failed, .refused: return "FAILED"
        case .dryRun: return "DRY RUN"
        case .skipped: return "SKIPPED"
        case .done:
            let open = run.undelivered
            if open > 0 { return "DONE, \(NumberText.count(open)) NOT DELIVERED" }
            if verdict(run) == .mostlyRejected { return "DONE, \(NumberText.count(run.openRejected)) REJECTED" }
            return verdict(run) == .nothingSent ? "DONE, NOTHING SENT" : "DONE"
        }
    }

    /// One word for tables.
    static func word(_ state: RunState) -> String {
        switch state {
        case .preparing: "preparing"
        case .running: "sending"
        case .finishing: "finishing"
        case .dryRun: "dry run"
        case .paused, .waiting, .done, .stopped, .failed, .refused, .skipped: state.word
        }
    }

    /// The state in a sentence; empty when the badge says all.
    /// - Parameter width: the columns that there are; where they are few, less important words are left out.
    static func sentence(_ run: RunSnapshot, _ model: Model, width: Int = .max) -> Line {
        if model.isLost(run) {
            return Line("The process that delivers doesn't respond: these numbers are its last", .warning)
        }
        if model.isStopping(run) {
            guard run.inFlight > 0 else { return Line("Stopping", .warning) }
            let requests = run.inFlight == 1 ? "1 request" : "\(run.inFlight) requests"
            return Line("Stopping: waiting for \(requests) in flight", .warning)
        }
        switch run.state {
        case .preparing: return Line("Not started yet", .dim)
        case .running: return Line()
        case .paused:
            return [Line("Paused: press ", .warning), Line("p", .accent, .bold), Line(" to resume", .warning)]
        case .waiting(let reason, let until): return waiting(run, reason, until, model, width)
        case .finishing:
            let pending = run.summary.counts.pending
            return Line(
                run.inFlight == 0 && pending > 0
                    ? "All records are read; \(NumberText.count(pending)) are still to be delivered"
                    : "All records are read; waiting for the last responses", .dim)
        case .done: return done(run.summary, width)
        case .stopped(let reason):
            var line = Line("\(capitalized(reason)). ", .warning)
            if run.summary.mayArriveTwice > 0 {
                line += Line("\(NumberText.records(run.summary.mayArriveTwice)) may arrive twice. ", .warning)
            }
            let whole = line + Line("Press ", .dim) + Line("c", .accent, .bold) + Line(" to resume", .dim)
            return whole.width <= width ? whole : line
        case .failed(let reason), .refused(let reason): return Line(reason, .bad)
        case .dryRun: return Line("Counted; nothing was sent", .dim)
        case .skipped:
            let earlier = run.summary.duplicateOf.map { " as run \($0)" } ?? ""
            return Line("Skipped: the same content was already sent\(earlier)", .dim)
        }
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func waiting(
        _ run: RunSnapshot, _ reason: String, _ until: Date?, _ model: Model, _ width: Int
    ) -> Line {
        let left = until.map { NumberText.span(max(0, $0.timeIntervalSince(model.now)).rounded(.up)) }
        var wordings: [Line]
        if run.hold?.isPlanned == true {
            // The reason itself says what is waited for, and until when.
            let words = Line(capitalized(reason), .warning, .bold)
            wordings = left.map { [[words, Line(" (\($0))", .warning)]] } ?? []
            wordings.append(words)
        } else if let until, let left {
            let clock = model.time.clock(until)
            wordings = [
                [Line("Waiting until \(clock)", .warning, .bold), Line(" (\(left)): \(reason)", .warning)],
                [Line("Waiting until \(clock)", .warning, .bold), Line(": \(reason)", .warning)],
                [Line("Until \(clock)", .warning, .bold), Line(": \(reason)", .warning)],
            ]
        } else {
            wordings = [Line("Waiting: \(reason)", .warning)]
        }
        return wordings.first { $0.width <= width } ?? wordings.removeLast()
    }

    /// The counters stand below and the key in the footer: they give way first.
    private static func done(_ run: RunSummary, _ width: Int) -> Line {
        let counts = run.counts
        var outcome: Line =
            switch verdict(run) {
            case .undelivered: Line("\(NumberText.count(run.undelivered)) not delivered", .warning, .bold)
            case .dismissed: Line("\(NumberText.count(run.dismissed)) not delivered and dismissed", .warning)
            case .nothingSent: Line(nothingSent(counts), .warning, .bold)
            case .doubtful, .mostlyRejected: Line("Every valid record was delivered", .text)
            case .delivered, .active, .waiting, .stopped, .failed, .counted:
                Line("Every valid record was delivered", .good)
            }
        if run.mayArriveTwice > 0 {
            outcome += Line(" · \(NumberText.count(run.mayArriveTwice)) may have arrived twice", .warning)
        }
        let recovered: Line = [
            outcome, Line(run.recovered > 0 ? " · \(NumberText.count(run.recovered)) recovered" : "", .dim),
        ]
        let isMany = verdict(run) == .mostlyRejected
        let rejected = Line(
            run.openRejected > 0 ? " · \(NumberText.count(run.openRejected)) rejected" : "", isMany ? .warning : .dim)
        let isListed = run.undelivered + run.openRejected > 0
        let key: Line =
            isListed ? [Line(" · press ", .dim), Line("f", .accent, .bold), Line(" to view", .dim)] : Line()
        let wordings: [Line] = [
            [recovered, rejected, key], [recovered, rejected], [outcome, rejected], recovered, outcome,
        ]
        return wordings.first { $0.width <= width } ?? outcome
    }

    private static func nothingSent(_ counts: RunCounts) -> String {
        if counts.read == 0 { return "Nothing was sent: the source has no records" }
        if counts.reasons[.deliveredBefore] == counts.read { return "Nothing was sent: nothing is new" }
        if counts.rejected == counts.read { return "Nothing was sent: every record was rejected" }
        return counts.filtered == counts.read
            ? "Nothing was sent: every record was filtered" : "Nothing was sent: every record was rejected or filtered"
    }

    /// The API and the profile that it was started for.
    static func binding(_ run: RunSummary) -> String {
        let api = run.api == "sandbox" ? "the sandbox" : run.api ?? "no API"
        return run.profile.map { "profile \($0) (\(api))" } ?? api
    }

    /// The host of an address.
    static func host(_ api: String?) -> String {
        guard let api else { return "" }
        return (api.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first).map(String.init) ?? api
    }

    /// The last part of a source's path.
    static func source(_ source: RunSource) -> String {
        switch source {
        case .file(let path): Model.name(of: path)
        case .standardInput, .upload, .submissions, .retry: source.text
        }
    }

    /// How much of the source is done, 0…1; `nil` when its size is unknown.
    static func share(_ run: RunSnapshot) -> Double? {
        if run.state == .done { return 1 }
        guard let total = run.total, total > 0 else { return nil }
        return Double(run.position) / Double(total)
    }
}

extension Model {
    /// Whether what is known of an active run is old, since the process that delivers it doesn't respond.
    func isLost(_ run: RunSnapshot) -> Bool { newest.lost != nil && run.state.isActive }

    /// Whether a run was told to stop, here or elsewhere, and is still ending.
    func isStopping(_ run: RunSnapshot) -> Bool {
        run.state.isActive && self.run.stopping.contains(run.id)
    }
}
