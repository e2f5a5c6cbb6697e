/// Tells an API that refuses everything (a configuration fault) from one that refuses some records of a run.
///
/// Scattered bad records make many whole batches be refused in a row, too, while their halves are in flight. So a fault
/// needs both, without one acknowledgement for any run between: three whole batches and three records that stood alone.
struct RefusalWatch: Hashable, Sendable {
    private var wholeBatches = 0
    private var singleRecords = 0
    /// Requests of any size.
    private var requests = 0
    /// How many acknowledgements there were when the last refusal was counted.
    private var acknowledgements = 0
    private static let threshold = 3
    /// Of a batch with a few bad records, some part is taken before so many are refused.
    private static let longestRow = 8

    /// Whether it may be a fault: requests go one by one then, so that few are made before it is known.
    /// - Parameter acknowledgements: how many there were so far, for all runs.
    func isSuspicious(_ acknowledgements: Int) -> Bool {
        self.acknowledgements == acknowledgements
            && (wholeBatches >= Self.threshold || singleRecords >= Self.threshold || requests >= Self.longestRow)
    }

    func refusesEverything(_ acknowledgements: Int) -> Bool {
        self.acknowledgements == acknowledgements
            && wholeBatches >= Self.threshold && singleRecords >= Self.threshold
    }

    /// Whether another whole batch tells more than one more part of those that were refused.
    func lacksWholeBatches(_ acknowledgements: Int) -> Bool {
        isSuspicious(acknowledgements) && wholeBatches < Self.threshold
    }

    mutating func refused(isWhole: Bool, records: Int, acknowledgements: Int) {
        if self.acknowledgements != acknowledgements {
            self = RefusalWatch()
            self.acknowledgements = acknowledgements
        }
        requests += 1
        if isWhole { wholeBatches += 1 }
        if records == 1 { singleRecords += 1 }
    }
}
