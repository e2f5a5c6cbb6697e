import DeliveryModel

extension SummaryText {
    /// The sums over several sources, in one line.
    static func total(_ report: DeliveryReport) -> String {
        let counts = report.total.counts
        let incomplete = report.runs.filter { !$0.isComplete }.count
        return "\(number(report.runs.count)) sources: read \(number(counts.read)), sent \(number(counts.sent)), "
            + "failed \(number(counts.failed)), rejected \(number(counts.rejected)), "
            + "filtered \(number(counts.filtered)), pending \(number(counts.pending))"
            + (incomplete > 0 ? "; \(number(incomplete)) not fully delivered" : "")
    }
}
