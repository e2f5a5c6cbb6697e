import Foundation
import Logging

/// Standard error when systemd's journal reads it: it takes a line's priority from its beginning, and adds the time.
enum SystemJournal {
    /// Whether standard error is the journal's own, and not something that it was redirected to since.
    static let readsStandardError: Bool = {
        guard let stream = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] else { return false }
        var status = stat()
        return fstat(STDERR_FILENO, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
    }()

    /// A line with its priority in front.
    static func line(_ level: Logger.Level, _ text: String) -> String { "<\(priority(level))>\(text)" }

    /// As `syslog.h` counts them.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
