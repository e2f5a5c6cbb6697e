/// A regular file of the folder, as it was seen at one moment.
public struct FolderEntry: Hashable, Sendable {
    var name: EntryName
    var identity: FileIdentity
}

/// What tells whether a file is still the one that was looked at: another file, or the same one written to, differs.
struct FileIdentity: Hashable, Codable, Sendable {
    var device: UInt64
    var inode: UInt64
    var size: Int64
    /// Nanoseconds since 1970.
    var modified: Int64
}
