public import struct Foundation.Date

/// A line of the program's log.
public struct LogLine: Hashable, Sendable {
    public enum Level: String, CaseIterable, Hashable, Sendable, Comparable {
        case debug, info, warning, error, critical

        private var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            case .critical: 4
            }
        }

        public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    }

    /// Grows by one with every line.
    public var number: Int
    public var time: Date
    public var level: Level
    public var text: String

    public init(number: Int, time: Date, level: Level, text: String) {
        self.number = number
        self.time = time
        self.level = level
        self.text = text
    }
}

/// The newest lines of the log, for the screen.
public protocol LogSource: Sendable {
    /// Oldest first; at most a few thousand are kept.
    func lines(after number: Int) -> [LogLine]
}
