import ArgumentParser
import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

#if PostgreSQL
import SharedJournal
#endif

/// `data-connector journal import`: the journal of a state directory moves into the shared one.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Move the journal of a state directory into the shared one.",
        discussion: """
            Runs, failures, idempotency keys, and the audit log move in, open runs included: the nodes resume those that \
            a service would resume by itself. Stop the process that is using the directory first. Its journal is kept \
            as journal.sqlite.imported. Lists of `--only-new` stay behind.
            """)

    @Argument(help: ArgumentHelp("The state directory whose journal moves.", valueName: "state-dir"))
    var source: String

    @OptionGroup var state: StateArguments

    func run() async throws {
        try await reportingErrors(on: Console()) {
            let settings = try await state.sharedSettings()
            #if PostgreSQL
            let origin = StateDirectory(path: FilePath(source))
            guard access(origin.journal.string, F_OK) == 0 else {
                throw DeliveryError(.notFound, "There is no journal in \(source).")
            }
            let lock = try StateDirectoryLock(origin)
            defer { withExtendedLifetime(lock) {} }
            let directory = StateDirectory(path: settings.stateDirectory)
            let isSame = access(directory.path.string, F_OK) == 0 && Self.isSame(origin, directory)
            let imported = try await move(from: origin, settings, directory, isLocked: isSame)
            try Console.result(
                "\(imported.runs) runs moved in, \(imported.openRuns) of them open, with \(imported.failures) failures."
                    + (imported.offset > 0 ? " Run N is now run N + \(imported.offset)." : ""))
            #endif
        }
    }

    #if PostgreSQL
    private func move(
        from origin: StateDirectory, _ settings: Settings, _ directory: StateDirectory, isLocked: Bool
    ) async throws -> PostgresJournal.Imported {
        // Opened to deliver, so that one of an older version is brought up to date first.
        let journal = try Journal(origin)
        defer { journal.close() }
        let take: (OpenedJournal) async throws -> PostgresJournal.Imported = { opened in
            guard let shared = opened.shared else { return PostgresJournal.Imported() }
            return try await shared.take(journal, spool: origin.spool)
        }
        let imported: PostgresJournal.Imported
        if isLocked {
            let opened = try await OpenedJournal(settings, directory, .delivering(serves: false))
            defer { opened.close() }
            imported = try await take(opened)
            await opened.leave()
        } else {
            imported = try await OpenedJournal.changing(settings, directory, take)
        }
        try Self.moveFiles(from: origin, to: directory, isSame: isLocked, offset: imported.offset)
        journal.close()
        for suffix in ["", "-wal", "-shm"] {
            let file = origin.journal.string + suffix
            if access(file, F_OK) == 0 { rename(file, file + ".imported") }
        }
        return imported
    }

    /// Rejected records lie in files beside the journal, by the numbers of their runs.
    private static func moveFiles(
        from origin: StateDirectory, to directory: StateDirectory, isSame: Bool, offset: Int64
    ) throws {
        if isSame, offset == 0 { return }
        let folder = origin.runs
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        // From the last on, so that none is in the way of another.
        for number in names.compactMap({ Int64($0) }).sorted(by: >) {
            let target = directory.runs.appending(String(number + offset)).string
            let file = folder.appending(String(number)).string
            guard access(target, F_OK) != 0 else { continue }
            try FileManager.default.createDirectory(
                atPath: directory.runs.string, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            if isSame {
                try FileManager.default.moveItem(atPath: file, toPath: target)
            } else {
                try FileManager.default.copyItem(atPath: file, toPath: target)
            }
        }
    }

    private static func isSame(_ left: StateDirectory, _ right: StateDirectory) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(left.path.string, &first) == 0 && stat(right.path.string, &second) == 0
            && first.st_ino == second.st_ino && first.st_dev == second.st_dev
    }
    #endif
}
