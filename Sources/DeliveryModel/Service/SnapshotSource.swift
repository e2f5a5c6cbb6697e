/// The engine as it stands.
public protocol SnapshotSource: Sendable {
    /// The newest snapshot. Cheap: no waiting, no I/O.
    func snapshot() -> EngineSnapshot
    /// Snapshots as they change, at most about ten a second; a slow reader misses the older ones.
    func snapshots() -> AsyncStream<EngineSnapshot>
}
