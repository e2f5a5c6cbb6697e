import DeliveryModel
import DeliveryStore
import Foundation
import HTTPListener
import Logging
import Synchronization
import SystemPackage

extension Connector {
    /// Serves the listener's routes and the engine's calls on the state directory's control socket, until it is stopped.
    func startControl() async -> Control? {
        let logger = log.logger("control", level: settings.logLevel)
        do {
            let socket = try ControlSocket(directory)
            socket.remove()
            let reading = settings.reading
            let configuration = ListenerConfiguration(
                socket: socket.address, spoolDirectory: directory.spool.string,
                runsDirectory: directory.runs.string,
                defaults: { reading })
            let listener = listener(
                configuration, logger: logger,
                controlling: ControlledProcess(
                    delivery: engine, listener: shownListener, folder: shownFolder, nodes: nodes,
                    host: RunOwner.current.node, instance: RunOwner.current.instance))
            try await listener.start()
            socket.protect()
            return Control(socket: socket, listener: listener)
        } catch {
            // It is no reason not to deliver.
            logger.warning("This process can't be operated from outside: \(error)")
            return nil
        }
    }

    struct Control: Sendable {
        let socket: ControlSocket
        let listener: ListenerServer

        /// How long those who have just connected are still answered.
        private static let linger = Duration.milliseconds(50)

        func stop() async {
            // Nobody finds it any more. Those who did before hear that the process ends.
            socket.remove()
            try? await Task.sleep(for: Self.linger)
            await listener.stop()
            socket.close()
        }
    }
}

/// The drop folder of this process, which may not exist.
final class ShownFolder: FolderControl {
    private let folder = Mutex<(any FolderControl)?>(nil)

    func show(_ new: any FolderControl) { folder.withLock { $0 = new } }

    func folderSnapshot() -> FolderSnapshot? { folder.withLock { $0 }?.folderSnapshot() }
}

/// The HTTP listener of this process, which may not exist.
final class ShownListener: ListenerControl {
    private let listener = Mutex<ListenerServer?>(nil)

    func show(_ new: ListenerServer) { listener.withLock { $0 = new } }

    private var present: ListenerServer? { listener.withLock { $0 } }

    func snapshot() -> ListenerSnapshot {
        present?.snapshot() ?? ListenerSnapshot(address: "started without --listen", authorization: "–")
    }

    func start() async throws(DeliveryError) {
        guard let present else {
            throw DeliveryError(.conflict, "The running process was started without --listen.")
        }
        try await present.start()
    }

    func stop() async { await present?.stop() }
}
