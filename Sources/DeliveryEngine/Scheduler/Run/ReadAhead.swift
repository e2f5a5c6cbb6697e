/// How many batches exist at a time: enough that senders never wait for a reader, and so few that memory is bounded,
/// whatever the size of the file and of its records.
struct ReadAhead: Hashable, Sendable {
    /// The most requests in flight.
    var concurrency: Int
    /// Runs that share the memory.
    var runs: Int

    /// Bytes of a batch that are worth keeping for the next one; larger ones are rare.
    static let spareMemory = 256 << 10
    private static let fewestBytes = 16 << 20
    private static let bytesPerRequest = 1 << 20

    /// Whether a run may read another batch.
    /// - Parameters:
    ///   - outstanding: batches of the run that have no end yet.
    ///   - heldMemory: bytes of the batches of all runs.
    func hasRoom(outstanding: Int, heldMemory: Int) -> Bool {
        if outstanding < 2 { return true }
        let batches = concurrency + min(concurrency, 16) + 4
        return outstanding < max(4, batches / max(1, runs))
            && heldMemory < max(Self.fewestBytes, concurrency * Self.bytesPerRequest)
    }
}
