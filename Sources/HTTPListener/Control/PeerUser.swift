import DeliveryModel
import Foundation
import NIOCore

/// The user at the other end of a socket in the file system, as the kernel knows them.
struct PeerUser: Hashable, Sendable {
    /// As the kernel gives it (`struct ucred`).
    private struct Credentials {
        var process: pid_t
        var user: uid_t
        var group: gid_t
    }

    let user: uid_t

    static func of(_ channel: any Channel) -> EventLoopFuture<PeerUser> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(
                DeliveryError(.configuration, "The user at the other end of the socket can't be identified."))
        }
        let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        return credentials.map { PeerUser(user: $0.user) }
    }

    /// The user's name.
    /// - Throws: `DeliveryError` for anybody but the user of this process and root.
    func admitted() throws -> String {
        guard user == geteuid() || user == 0 else {
            throw DeliveryError(.configuration, "User \(user) may not operate this process.")
        }
        return getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? String(user)
    }
}
