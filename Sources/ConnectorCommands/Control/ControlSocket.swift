import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// Where the process that is using a state directory can be operated from outside.
struct ControlSocket: Sendable {
    /// Its place in the file system.
    let file: FilePath
    /// The same place in a few characters: the names of sockets are short, and paths of state directories may be long.
    let address: String
    private let folder: FileDescriptor

    /// - Throws: `Errno` when the state directory can't be opened.
    init(_ directory: StateDirectory) throws {
        file = directory.controlSocket
        folder = try FileDescriptor.open(directory.path, .readOnly, options: [.directory, .closeOnExec])
        address = "/proc/self/fd/\(folder.rawValue)/\(StateDirectory.controlSocketName)"
    }

    func close() { try? folder.close() }

    /// Takes away what an earlier process left. Only the process that holds the state directory may do so.
    func remove() { unlink(file.string) }

    /// Lets its user alone, and root, connect.
    func protect() { chmod(file.string, 0o600) }

    /// Whether the process that serves it has the rights of this one, and opens the same files.
    var belongsToThisUser: Bool {
        var status = stat()
        return stat(file.string, &status) == 0 && status.st_uid == geteuid()
    }
}
