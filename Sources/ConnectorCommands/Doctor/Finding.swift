/// What one check of `doctor` found.
struct Finding: Encodable, Hashable, Sendable {
    enum Status: String, Encodable, Sendable {
        case ok
        /// Worth knowing, and no reason not to deliver.
        case warning
        case failed
    }

    var check: String
    var status: Status
    /// One line, free of secrets.
    var message: String

    static func ok(_ check: String, _ message: String) -> Finding {
        Finding(check: check, status: .ok, message: message)
    }
    static func warning(_ check: String, _ message: String) -> Finding {
        Finding(check: check, status: .warning, message: message)
    }
    static func failed(_ check: String, _ message: String) -> Finding {
        Finding(check: check, status: .failed, message: message)
    }

    var line: String {
        let mark =
            switch status {
            case .ok: "ok      "
            case .warning: "warning "
            case .failed: "FAILED  "
            }
        return mark + check + ": " + message
    }
}
