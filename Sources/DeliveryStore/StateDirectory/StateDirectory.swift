public import DeliveryModel
import Foundation
public import SystemPackage

/// The folder that holds everything which must survive the process: journal, spool, rejects, log.
///
/// Folders are created 0700 and files 0600, since they hold personal data.
public struct StateDirectory: Hashable, Sendable {
    /// The folder itself.
    public let path: FilePath

    /// Runs, batches, failed records, and all else that has to survive the process.
    public var journal: FilePath { path.appending("journal.sqlite") }
    /// Held by the process that delivers.
    public var lock: FilePath { path.appending("lock") }
    /// The name of `controlSocket`.
    public static let controlSocketName = "control.sock"
    /// Where the process that delivers is operated from.
    public var controlSocket: FilePath { path.appending(Self.controlSocketName) }
    /// Copies of what can be read only once: standard input and uploads.
    public var spool: FilePath { path.appending("spool") }
    /// The program's log.
    public var log: FilePath { path.appending("data-connector.log") }
    /// What an operator chose on the screen.
    public var preferences: FilePath { path.appending("preferences.json") }
    /// Where failed records are written, unless another folder is set.
    public var unsent: FilePath { path.appending("unsent") }

    /// What belongs to one run each, in a folder of its number.
    public var runs: FilePath { path.appending("runs") }

    /// Rejected records of a run.
    public func rejected(of run: RunID) -> FilePath {
        runs.appending(run.description).appending("rejected.csv")
    }

    /// How fast a run went.
    public func graph(of run: RunID) -> FilePath { rejected(of: run).removingLastComponent().appending("graph.json") }

    /// Which of a run's records were not delivered before it.
    public func newRecords(of run: RunID) -> FilePath {
        rejected(of: run).removingLastComponent().appending("new-records")
    }

    /// Where a source's bytes lie; `nil` when the store holds its records.
    public func path(of location: SourceLocation) -> String? {
        switch location {
        case .file(let path): path
        case .spool(let name): spool.appending(name).string
        case .stored: nil
        }
    }

    /// Names the folder; nothing is created.
    public init(path: FilePath) { self.path = path }

    /// Creates what is missing.
    /// - Throws: `DeliveryError` of code `journal` that names the folder and the system's reason.
    public func create() throws(DeliveryError) {
        try checkOwner()
        try Self.createFolder(path)
        try Self.createFolder(spool)
        guard access(path.string, W_OK | X_OK) == 0 else {
            throw Self.unusable(path, Errno(rawValue: errno))
        }
    }

    /// - Throws: `DeliveryError` of code `journal` when the folder is there and this user may not look into it.
    public func checkAccess() throws(DeliveryError) {
        var status = stat()
        let isFolder = stat(path.string, &status) != 0 || status.st_mode & S_IFMT == S_IFDIR
        guard isFolder, access(path.string, R_OK | X_OK) != 0, errno == EACCES else { return }
        throw DeliveryError(
            .journal, SystemFault.words(Errno.permissionDenied, path: path.string, what: "can't be read"))
    }

    /// Root can write anywhere, and what it leaves in the folder of a service's user is of no use to that service.
    private func checkOwner() throws(DeliveryError) {
        var status = stat()
        guard stat(path.string, &status) == 0, Self.isForeign(status.st_uid, mode: status.st_mode, to: geteuid()) else {
            return
        }
        let name = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? String(status.st_uid)
        throw DeliveryError(
            .journal,
            "\(path) belongs to \(name), and no process of that user is using it. Start its service, run this as "
                + "\(name), or choose another --state-dir.")
    }

    /// Whether a folder is another user's alone. One that everybody may write is made for whoever comes.
    static func isForeign(_ owner: uid_t, mode: mode_t, to user: uid_t) -> Bool {
        user == 0 && owner != 0 && mode & 0o022 == 0
    }

    /// Creates a private folder and those above it.
    public static func createFolder(_ folder: FilePath) throws(DeliveryError) {
        if mkdir(folder.string, 0o700) == 0 { return }
        switch errno {
        case EEXIST:
            var status = stat()
            guard stat(folder.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw DeliveryError(
                    .journal, "\(folder) already exists and is not a folder. Choose another --state-dir.")
            }
        case ENOENT where folder.removingLastComponent() != folder && !folder.removingLastComponent().isEmpty:
            try createFolder(folder.removingLastComponent())
            guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST else {
                throw unusable(folder, Errno(rawValue: errno))
            }
        case let code:
            throw unusable(folder, Errno(rawValue: code))
        }
    }

    private static func unusable(_ folder: FilePath, _ error: Errno) -> DeliveryError {
        DeliveryError(
            .journal,
            "The folder \(folder) can't be written: \(error). Choose another with --state-dir or "
                + "FAILED_RECORDS_DIRPATH.")
    }
}
