import ShowAdsAPI

/// What last went wrong with the API, and who did it.
struct LastFault: Sendable {
    /// In words that continue a sentence.
    let cause: String
    /// The status, or the fault's short name.
    let label: String
    /// Whether nobody answers for the API.
    private let isUnreachable: Bool
    private let isLogin: Bool

    /// - Returns: `nil` for an answer that applied the records.
    init?(_ answer: APIResponse) {
        guard let cause = answer.cause else { return nil }
        self.cause = cause
        label = answer.label
        isLogin = answer.phase == .auth
        isUnreachable = answer.outcome.fault.map { !$0.isAPIError && !$0.isWebPage } ?? false
    }

    /// In a line that says more: the status, and whether the login got it, or who could not be reached.
    var line: String { isUnreachable ? cause : isLogin ? "login \(label)" : label }

    /// Why nothing leaves while it lasts.
    var hold: String { isUnreachable ? "API unavailable: \(cause)" : cause }
}
