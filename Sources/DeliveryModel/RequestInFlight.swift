public import struct Foundation.Date

/// One request in flight.
public struct RequestInFlight: Identifiable, Hashable, Codable, Sendable {
    /// Different for every batch and part that this process sends.
    public var id: Int
    public var run: RunID
    /// Number of the batch in its run, from 1.
    public var batch: Int
    public var records: Int
    /// The attempt that is in flight, from 1; those that were not charged are left out.
    public var attempt: Int
    public var started: Date
    /// Whether it is the one request that checks whether the API is back.
    public var isProbe: Bool

    public init(id: Int, run: RunID, batch: Int, records: Int, attempt: Int, started: Date, isProbe: Bool = false) {
        self.id = id
        self.run = run
        self.batch = batch
        self.records = records
        self.attempt = attempt
        self.started = started
        self.isProbe = isProbe
    }
}
