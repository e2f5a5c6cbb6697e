/// A file of the drop folder, and how far it has come.
struct FolderFile: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Phase: Sendable {
        case settling(since: Instant)
        /// Could not be begun; tried again at a time.
        case held(until: Instant)
        /// Being delivered, or stopped by an operator who may resume it.
        case taken(isParked: Bool)
        case moving(FolderMachine.Destination)
        case unmoved(FolderMachine.Destination, until: Instant)
    }

    enum Successor: Sendable {
        case nothing
        case other(FolderEntry, since: Instant)
    }

    var entry: FolderEntry
    var arrived: Instant
    var phase: Phase
    /// What lies under the name now, when that is not what was taken.
    var successor: Successor?

    /// In the order in which they came.
    static func isBefore(_ left: FolderFile, _ right: FolderFile) -> Bool {
        left.arrived == right.arrived
            ? FolderEntry.isOlder(left.entry, right.entry) : left.arrived < right.arrived
    }
}

extension FolderEntry {
    static func isOlder(_ left: FolderEntry, _ right: FolderEntry) -> Bool {
        left.identity.modified == right.identity.modified
            ? left.name.bytes.lexicographicallyPrecedes(right.name.bytes)
            : left.identity.modified < right.identity.modified
    }
}
