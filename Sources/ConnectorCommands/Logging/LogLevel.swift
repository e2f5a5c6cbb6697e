import DeliveryModel
import Logging

/// How much is logged, in the words of `LOGLEVEL`.
enum LogLevel: String, Sendable {
    case debug = "DEBUG"
    case info = "INFO"
    case warning = "WARNING"
    case error = "ERROR"
    case critical = "CRITICAL"

    /// Any case; anything unknown is `WARNING`, since a typing error must not keep a service from starting.
    init(argument: String) {
        self = LogLevel(rawValue: argument.uppercased()) ?? .warning
    }

    var logger: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}

extension Logger.Level {
    var line: LogLine.Level {
        switch self {
        case .trace, .debug: .debug
        case .info, .notice: .info
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
