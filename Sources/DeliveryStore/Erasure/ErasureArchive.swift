public import DeliveryModel

/// What was erased from a store, or would be.
public struct StoreErasure: Hashable, Sendable {
    /// What was removed, by place.
    public var counts: [ErasureReport.Place: Int] = [:]
    /// Records of runs that are not at their end, which keep them.
    public var open: [RunID: Int] = [:]
    /// Days whose file of unsent records changes.
    public var days: Set<LocalDay> = []

    public init() {}

    public mutating func add(_ count: Int, _ place: ErasureReport.Place) {
        if count > 0 { counts[place, default: 0] += count }
    }
}

/// Where a run was read from.
public struct ErasableSource: Hashable, Sendable {
    /// The run that reads it.
    public var run: RunID
    /// Where its bytes lie.
    public var location: SourceLocation
    /// Whether the run may still read it.
    public var isOpen: Bool

    public init(run: RunID, location: SourceLocation, isOpen: Bool) {
        self.run = run
        self.location = location
        self.isOpen = isOpen
    }
}

/// Removes people from what ended runs left. A process that dies on the way is followed by one that begins again.
public protocol ErasureArchive: Sendable {
    /// Removes the records of ended runs, and the cookies from what was answered and noted.
    /// - Parameter isDryRun: only count.
    func erase(_ cookies: ErasedCookies, isDryRun: Bool) async throws(DeliveryError) -> StoreErasure
    /// Overwrites whatever was removed, now or earlier.
    /// - Returns: what the store can't reach.
    /// - Throws: `busy` when somebody reads all the time.
    func overwriteErased() async throws(DeliveryError) -> [ErasureReport.Remainder]
    /// Runs with files of their own, or of the operator's.
    func erasableSources() async throws(DeliveryError) -> [ErasableSource]
}
