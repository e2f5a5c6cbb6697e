/// What the system tells of a folder's files.
enum FolderEvent: Hashable, Sendable {
    /// Made by one who has it open now, unless it is a further name of a file.
    case created(EntryName)
    case opened(EntryName)
    case wrote(EntryName)
    /// Closed by one who could write.
    case closed(EntryName)
    /// Closed by one who could only read.
    case closedUnwritten(EntryName)
    /// Renamed away; the other half, with the same number, follows when it stays in the folder.
    case left(EntryName, UInt32)
    case arrived(EntryName, UInt32)
    case deleted(EntryName)
    /// Something else about the folder or a file in it.
    case other
    /// Too much happened: some events are lost.
    case overflow
}
