/// When records may be sent and how many a day, for all runs, as an operator wants it now.
public struct SendSchedule: Hashable, Codable, Sendable {
    /// As `SendWindow(argument:)` reads it; `nil` is always.
    public var window: String?
    /// Maximum records per day; `nil` means no limit.
    public var dailyLimit: Int?

    public init(window: String? = nil, dailyLimit: Int? = nil) {
        self.window = window
        self.dailyLimit = dailyLimit
    }
}
