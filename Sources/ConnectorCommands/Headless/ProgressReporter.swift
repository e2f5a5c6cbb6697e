import DeliveryModel
import Foundation

/// Shows a run's progress on standard error: a bar on a terminal, a line every few seconds elsewhere.
struct ProgressReporter: Sendable {
    let console: Console
    let service: any SnapshotSource & RunControl

    private static let lineInterval = 5.0

    /// Shows it until the run has ended.
    func finished(_ run: RunID) async throws -> RunSummary {
        async let _ = follow(run)
        return try await service.finished(run)
    }

    /// Shows it until the task is canceled.
    func follow(_ run: RunID) async {
        var lastLine = Date()
        var lastEvent: RunEvent?
        var lastHold: String?
        for await snapshot in service.snapshots() {
            guard let run = snapshot.run(run) else { continue }
            if console.isTerminal {
                console.setBar(bar(run, columns: console.columns))
            } else if Date().timeIntervalSince(lastLine) >= Self.lineInterval, run.state.isActive {
                console.note(line(run))
                lastLine = Date()
            }
            let hold = plannedHold(run)
            if let hold, hold != lastHold {
                console.note("run \(run.id) is \(hold.hasPrefix("waiting ") ? "" : "waiting: ")\(hold)")
            }
            lastHold = hold
            if let event = run.events.first(where: { $0.text.hasPrefix("waiting until") }), event != lastEvent {
                lastEvent = event
                console.note(event.text)
            }
        }
        console.setBar("")
    }

    /// Why it waits, and until when, because an operator wants it so.
    private func plannedHold(_ run: RunSnapshot) -> String? {
        if run.hold?.isPlanned == true, case .waiting(let reason, _) = run.state { reason } else { nil }
    }

    private func bar(_ run: RunSnapshot, columns: Int) -> String {
        let counts = run.summary.counts
        var text = " \(counts.sent.grouped) sent"
        if counts.failed > 0 { text += ", \(counts.failed.grouped) failed" }
        if counts.rejected > 0 { text += ", \(counts.rejected.grouped) rejected" }
        text += " · \(Int(run.rate).grouped)/s"
        if let left = run.secondsLeft, left >= 1 { text += " · about \(SummaryText.time(left.rounded())) left" }
        if case .waiting(let reason, _) = run.state { text = " waiting: \(reason)" }
        guard let share = share(run) else { return String(text.prefix(columns - 1)) }
        let percent = String(format: " %3d%%", Int(share * 100))
        let width = min(40, columns - text.count - percent.count - 2)
        guard width >= 8 else { return String((percent + text).prefix(columns - 1)) }
        return ProgressReporter.blocks(share, width: width) + percent + text
    }

    private func line(_ run: RunSnapshot) -> String {
        let counts = run.summary.counts
        var text = "run \(run.id) \(run.state.word)"
        if let share = share(run) { text += " \(Int(share * 100))%" }
        text += ": read \(counts.read), sent \(counts.sent), failed \(counts.failed), rejected \(counts.rejected), "
        text += "filtered \(counts.filtered), pending \(counts.pending), \(Int(run.rate)) records/s"
        if case .waiting(let reason, _) = run.state {
            text += "; waiting: \(reason)"
        } else if let left = run.secondsLeft, left >= 1 {
            text += ", about \(SummaryText.time(left.rounded())) left"
        }
        return text
    }

    /// Share of the source whose records have their end, 0…1.
    private func share(_ run: RunSnapshot) -> Double? {
        let counts = run.summary.counts
        guard let total = run.estimatedRecords, total > 0 else { return nil }
        return min(1, Double(counts.read - counts.pending) / Double(total))
    }

    /// A bar with eighths of a cell.
    private static func blocks(_ share: Double, width: Int) -> String {
        let eighths = Int((share * Double(width) * 8).rounded())
        var bar = String(repeating: "█", count: eighths / 8)
        if eighths % 8 > 0, let partial = Unicode.Scalar(0x2590 - UInt32(eighths % 8)) {
            bar.unicodeScalars.append(partial)
        }
        return bar + String(repeating: "░", count: max(0, width - bar.count))
    }
}
