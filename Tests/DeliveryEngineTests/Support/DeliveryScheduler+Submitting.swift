@testable import DeliveryEngine

extension DeliveryScheduler {
    /// Takes a valid record that arrives alone.
    mutating func submit(_ submission: SubmittedRecord, at moment: Moment) {
        handle([], submissions: [submission], at: moment)
    }
}
