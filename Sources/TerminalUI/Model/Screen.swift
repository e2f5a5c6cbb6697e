enum Screen: Int, CaseIterable, Hashable, Sendable {
    case send = 1
    case run, failures, history, listener, log

    var title: String {
        switch self {
        case .send: "Send"
        case .run: "Run"
        case .failures: "Failures"
        case .history: "History"
        case .listener: "Listener"
        case .log: "Log"
        }
    }
}
