/// Tells an API that refuses everything (a configuration fault) from one that refuses some records.
///
/// Scattered bad records make many whole batches be refused in a row, too, while their halves are in flight. So a fault
/// needs both, without one acknowledgement between: three whole batches and three records that stood alone.
struct RefusalWatch: Hashable, Sendable {
    private var wholeBatches = 0
    private var singleRecords = 0
    private static let threshold = 3

    /// Whether it may be a fault: requests go one by one then, so that few are made before it is known.
    var isSuspicious: Bool { wholeBatches >= Self.threshold }

    var refusesEverything: Bool { wholeBatches >= Self.threshold && singleRecords >= Self.threshold }

    mutating func acknowledged() { self = RefusalWatch() }

    mutating func refused(isWhole: Bool, records: Int) {
        if isWhole { wholeBatches += 1 }
        if records == 1 { singleRecords += 1 }
    }
}
