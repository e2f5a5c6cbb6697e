public import struct Foundation.Date

/// One line of a run's event list.
public struct RunEvent: Hashable, Codable, Sendable {
    public enum Severity: Hashable, Codable, Sendable { case info, warning, error }

    public var time: Date
    public var severity: Severity
    /// One line, free of personal data and secrets.
    public var text: String

    public init(time: Date, severity: Severity, text: String) {
        self.time = time
        self.severity = severity
        self.text = text
    }
}
