/// A drop folder at one moment.
public struct FolderSnapshot: Hashable, Codable, Sendable {
    public var folder: String
    /// Files that came to no rest yet, or wait for their turn.
    public var waiting = 0
    /// Files that are being delivered.
    public var taken = 0
    /// Files that this process moved.
    public var delivered = 0
    public var failed = 0
    /// What keeps it from working, in one line.
    public var fault: String?

    public init(folder: String) { self.folder = folder }
}

/// The drop folder as the terminal UI sees it.
public protocol FolderControl: Sendable {
    /// `nil` when none is watched.
    func folderSnapshot() -> FolderSnapshot?
}
