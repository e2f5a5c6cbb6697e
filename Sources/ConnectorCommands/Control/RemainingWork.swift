/// What a command has still to deliver, and how the deliveries before that ended.
struct RemainingWork: Sendable {
    /// The sources, or runs to be continued, that nobody has begun, by their place in the command.
    var items: Range<Int>
    var report: DeliveryReport

    init(count: Int) {
        items = 0..<count
        report = DeliveryReport(runs: [], isSeveral: count > 1)
    }
}
