import CFileSystem
import DurableFiles
import Foundation
import SystemPackage

/// Moves delivered files out of the drop folder, with their summaries beside them.
struct FolderMove: Sendable {
    enum Result: Equatable, Sendable {
        case moved
        /// The file is not there any more.
        case gone
        /// Another file lies there now, or the same one was written to; it was not moved.
        case replaced
    }

    let folder: FilePath

    static func subfolder(_ outcome: FolderMachine.Destination) -> String {
        switch outcome {
        case .delivered: "delivered"
        case .failed: "failed"
        }
    }

    private func target(_ outcome: FolderMachine.Destination) -> FilePath { folder.appending(Self.subfolder(outcome)) }

    /// A free name for a file and its summary.
    /// - Throws: `Errno`.
    func freeName(for name: EntryName, _ outcome: FolderMachine.Destination) throws -> EntryName {
        try createFolder(outcome)
        let directory = try Self.open(target(outcome), isOwn: true)
        defer { try? directory.close() }
        var number = 1
        while true {
            let candidate = TargetName.numbered(name, number)
            if !Self.exists(candidate, directory), !Self.exists(TargetName.summary(of: candidate), directory) {
                return candidate
            }
            number += 1
        }
    }

    /// Writes the summary and moves the file. Safe to do again with the same names after a crash.
    /// - Returns: what was found; when it is not `moved`, nothing is left in the target.
    /// - Throws: `Errno`; `fileExists` when the name is taken by now.
    func perform(
        _ entry: FolderEntry, _ outcome: FolderMachine.Destination, as name: EntryName, summary: String
    ) throws -> Result {
        try createFolder(outcome)
        let source = try Self.open(folder)
        defer { try? source.close() }
        let directory = try Self.open(target(outcome), isOwn: true)
        defer { try? directory.close() }
        if FileIdentity(name, in: directory.rawValue) == entry.identity {
            // Moved before a crash.
            try write(summary, for: name, outcome, like: directory, name)
            try FileDraft.synchronize(folder: target(outcome))
            return .moved
        }
        switch FileIdentity(entry.name, in: source.rawValue) {
        case nil: return .gone
        case entry.identity?: break
        case .some: return .replaced
        }
        if Self.exists(name, directory) { throw Errno.fileExists }
        try write(summary, for: name, outcome, like: source, entry.name)
        do {
            try Self.rename(entry.name, source, name, directory)
        } catch {
            remove(TargetName.summary(of: name), directory)
            if error as? Errno == .noSuchFileOrDirectory { return .gone }
            throw error
        }
        guard FileIdentity(name, in: directory.rawValue) == entry.identity else {
            try putBack(name, directory, entry.name, source)
            remove(TargetName.summary(of: name), directory)
            return .replaced
        }
        try FileDraft.synchronize(folder: target(outcome))
        try FileDraft.synchronize(folder: folder)
        return .moved
    }

    /// Gives a file a name that is UTF-8, so that it can be named in the journal.
    /// - Throws: `Errno`.
    func makeReadable(_ name: EntryName) throws -> EntryName {
        let source = try Self.open(folder)
        defer { try? source.close() }
        var number = 1
        while true {
            let readable = TargetName.numbered(name.readable, number)
            do {
                try Self.rename(name, source, readable, source)
                return readable
            } catch Errno.fileExists {
                number += 1
            }
        }
    }

    /// What was written in the moment between the look and the move was never sent: it goes back under its name, or
    /// under a free one.
    private func putBack(
        _ name: EntryName, _ directory: FileDescriptor, _ original: EntryName, _ source: FileDescriptor
    ) throws {
        var number = 1
        while true {
            do {
                return try Self.rename(name, directory, TargetName.numbered(original, number), source)
            } catch Errno.fileExists {
                number += 1
            }
        }
    }

    // MARK: Steps

    /// Who may work in the drop folder may work in what lies below it.
    private func createFolder(_ outcome: FolderMachine.Destination) throws {
        let path = target(outcome).string
        guard mkdir(path, 0o700) == 0 else {
            if errno == EEXIST { return }
            throw Errno(rawValue: errno)
        }
        var status = stat()
        if stat(folder.string, &status) == 0 { chmod(path, status.st_mode & 0o3777) }
    }

    /// Who may read the file may read its summary.
    private func write(
        _ summary: String, for name: EntryName, _ outcome: FolderMachine.Destination, like directory: FileDescriptor,
        _ file: EntryName
    ) throws {
        let permissions = file.status(in: directory.rawValue)?.st_mode ?? 0
        let mode = FilePermissions(rawValue: permissions & 0o666 | 0o600)
        let path = target(outcome).appending(String(decoding: TargetName.summary(of: name).bytes, as: UTF8.self))
        let draft = ".\(FileIdentity(file, in: directory.rawValue)?.inode ?? 0).tmp"
        // The folder is synced when the file has come to lie beside it.
        try DurableFile.write(
            Array((summary + "\n").utf8), to: path, draft: draft, mode: mode, syncsFolder: false)
    }

    /// - Parameter isOwn: a link to elsewhere is refused where the program puts files.
    private static func open(_ folder: FilePath, isOwn: Bool = false) throws -> FileDescriptor {
        try FileDescriptor.open(
            folder, .readOnly, options: isOwn ? [.closeOnExec, .directory, .noFollow] : [.closeOnExec, .directory])
    }

    private static func exists(_ name: EntryName, _ folder: FileDescriptor) -> Bool {
        name.status(in: folder.rawValue) != nil
    }

    private static func rename(
        _ old: EntryName, _ oldFolder: FileDescriptor, _ new: EntryName, _ newFolder: FileDescriptor
    ) throws {
        let result = old.withPath { oldName in
            new.withPath { newName in
                rename_exclusively(oldFolder.rawValue, oldName, newFolder.rawValue, newName)
            }
        }
        if result != 0 { throw Errno(rawValue: errno) }
    }

    private func remove(_ name: EntryName, _ folder: FileDescriptor) {
        _ = name.withPath { unlinkat(folder.rawValue, $0, 0) }
    }
}
