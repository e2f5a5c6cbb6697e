public import DeliveryModel

/// The process that a control socket speaks for.
public struct ControlledProcess: Sendable {
    /// The instance that a request is meant for. Another one that uses the state directory by now answers 410: it has nothing of
    /// what that one was given.
    public static let header = "X-Data-Connector-Process"

    let delivery: any DeliveryService
    /// Its listener, which the control socket is not.
    let listener: any ListenerControl
    let folder: any FolderControl
    /// `nil` without a shared journal.
    let nodes: (any NodesControl)?
    /// The name of its host, where everybody who asks is.
    let host: String
    /// Different for each process.
    let instance: String

    public init(
        delivery: any DeliveryService, listener: any ListenerControl, folder: any FolderControl,
        nodes: (any NodesControl)?, host: String, instance: String
    ) {
        self.delivery = delivery
        self.listener = listener
        self.folder = folder
        self.nodes = nodes
        self.host = host
        self.instance = instance
    }
}
