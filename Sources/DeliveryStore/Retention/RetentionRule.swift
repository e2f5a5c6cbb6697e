public import DeliveryModel

public import struct Foundation.Date

/// How long what has its end is remembered; `nil` is forever.
public struct RetentionPolicy: Hashable, Sendable {
    /// How long a run is kept after its end; `nil` is forever.
    public var runs: Duration?
    /// For runs with failed records that nobody delivered or dismissed.
    public var failed: Duration?

    /// How long runs are kept when nothing else is set.
    public static let defaultRuns: Duration = .seconds(90 * 86_400)
    /// How long a client's key is kept after its last answer.
    public static let keySeconds = 86_400.0

    public init(runs: Duration? = Self.defaultRuns, failed: Duration? = nil) {
        self.runs = runs
        self.failed = failed
    }

    /// - Returns: what is past its time at a moment; `nil` when nothing ever is.
    public func rule(at now: Date) -> RetentionRule? {
        runs.map { runs in
            let ended = now.addingTimeInterval(-runs.inSeconds)
            return RetentionRule(
                endedBefore: ended, undeliveredBefore: failed.map { min(ended, now.addingTimeInterval(-$0.inSeconds)) },
                keyedBefore: min(ended, now.addingTimeInterval(-Self.keySeconds)))
        }
    }
}

/// Which runs are past their time. One that can be continued never is.
public struct RetentionRule: Hashable, Sendable {
    /// A run that ended for good before this.
    public var endedBefore: Date
    /// One with failed records that nobody delivered or dismissed; `nil` keeps it.
    public var undeliveredBefore: Date?
    /// One that a client submitted with a key: repeated requests are answered from it.
    public var keyedBefore: Date

    /// - Parameter keyedBefore: `nil` is the same as for other runs.
    public init(endedBefore: Date, undeliveredBefore: Date? = nil, keyedBefore: Date? = nil) {
        self.endedBefore = endedBefore
        self.undeliveredBefore = undeliveredBefore
        self.keyedBefore = keyedBefore ?? endedBefore
    }
}

/// A run past its time, and what there is of it outside the store.
public struct ForgettableRun: Hashable, Sendable {
    /// The run's number.
    public var id: RunID
    /// Where its source lies.
    public var location: SourceLocation
    /// The day whose file of unsent records changes with it; `nil` when it has none there.
    public var unsentDay: LocalDay?

    public init(id: RunID, location: SourceLocation, unsentDay: LocalDay? = nil) {
        self.id = id
        self.location = location
        self.unsentDay = unsentDay
    }
}
