@testable import DeliveryEngine

extension DeliveryScheduler {
    /// Takes a valid record that arrives alone.
    mutating func submit(_ submission: Submission, at moment: Moment) {
        handle([], submissions: [submission], at: moment)
    }
}
