/// How long to wait before the same records are sent again: full jitter, U(0, min(20 s, base·2ⁿ)).
struct RetryPolicy: Sendable {
    enum Cause: Sendable {
        case transient
        case throttled

        fileprivate var base: Double {
            switch self {
            case .transient: 0.05
            case .throttled: 1
            }
        }
    }

    private static let longest = 20.0

    /// - Parameter attempt: attempts made so far, at least 1.
    static func delay(
        after attempt: Int, cause: Cause, using random: inout some RandomNumberGenerator
    ) -> Duration {
        let bound = cause.base * Double(1 << min(attempt, 12))
        return .seconds(Double.random(in: 0...min(longest, bound), using: &random))
    }
}
