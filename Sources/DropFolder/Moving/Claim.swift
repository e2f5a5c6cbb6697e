import DeliveryModel
import Foundation
import SystemPackage

/// A file that was taken, on the disk for as long as it has not been moved: after a crash it tells which file belongs to
/// which run, and where the file was about to go.
struct Claim: Codable, Hashable, Sendable {
    var id = UUID()
    /// The drop folder.
    var folder: String
    /// The file's name, as bytes.
    var name: Data
    var identity: FileIdentity
    /// The newest run when the file was taken: its own is newer.
    var after: RunID?
    /// The run that delivers it, once there is one.
    var run: RunID?
    /// Where it goes, once that is decided.
    var target: Target?

    struct Target: Codable, Hashable, Sendable {
        var outcome: FolderMachine.Destination
        var name: Data
    }

    var entry: FolderEntry { FolderEntry(name: EntryName(Array(name)), identity: identity) }
}

/// The claims of a state directory, one small file each. Each line is the claim as it was then; the last whole one holds.
struct ClaimStore: Sendable {
    private let folder: FilePath

    /// - Throws: `Errno` when the folder can't be used.
    init(_ folder: FilePath) throws {
        self.folder = folder
        if mkdir(folder.string, 0o700) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
        try removeDrafts()
    }

    /// A process that was killed while it wrote leaves a draft.
    private func removeDrafts() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.string) where name.hasSuffix(".tmp") {
            unlink(folder.appending(name).string)
        }
    }

    /// All claims on files of a drop folder.
    func all(of dropFolder: FilePath) throws -> [Claim] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.string).filter { $0.hasSuffix(".json") }
        return names.compactMap { name in
            FileManager.default.contents(atPath: folder.appending(name).string).flatMap(Self.newest)
        }.filter { $0.folder == dropFolder.string }
    }

    /// A process that was killed, or a full disk, may have cut the last line.
    private static func newest(_ lines: Data) -> Claim? {
        lines.split(separator: UInt8(ascii: "\n")).reversed().lazy
            .compactMap { try? JSONDecoder().decode(Claim.self, from: $0) }.first
    }

    /// Writes a claim; returns when it is on the disk.
    func write(_ claim: Claim) throws {
        try DurableFile.write(
            Array(JSONEncoder().encode(claim)), to: path(claim), draft: ".\(claim.id.uuidString).tmp",
            mode: [.ownerReadWrite])
    }

    /// Notes what became known of a claim.
    /// - Parameter isDurable: whether it has to be on the disk when this returns; otherwise it outlives the process only.
    func update(_ claim: Claim, isDurable: Bool) throws {
        do {
            let line = try JSONEncoder().encode(claim)
            try DurableFile.append([UInt8(ascii: "\n")] + line, to: path(claim), syncs: isDurable)
        } catch Errno.noSuchFileOrDirectory {
            try write(claim)
        }
    }

    /// After a crash of the machine the claim may be there again: what it says was done is found to be done.
    func remove(_ claim: Claim) throws {
        guard unlink(path(claim).string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
    }

    private func path(_ claim: Claim) -> FilePath { folder.appending("\(claim.id.uuidString).json") }
}
