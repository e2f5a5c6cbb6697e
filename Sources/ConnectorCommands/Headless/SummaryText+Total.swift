import DeliveryModel

extension SummaryText {
    /// The sums over several sources, in one line.
    static func total(_ report: DeliveryReport) -> String {
        let counts = report.total.counts
        let isDry = report.runs.contains { $0.state == .dryRun }
        let incomplete = report.runs.filter { isDry ? $0.state != .dryRun : !$0.isComplete }.count
        return "\(report.runs.count.grouped) sources: read \(counts.read.grouped), sent \(counts.sent.grouped), "
            + "failed \(counts.failed.grouped), rejected \(counts.rejected.grouped), "
            + "filtered \(counts.filtered.grouped), pending \(counts.pending.grouped)"
            + (incomplete > 0 ? "; \(incomplete.grouped) \(isDry ? "can't be read" : "not fully delivered")" : "")
    }
}
