public import DeliveryModel

/// The process that a control socket speaks for.
public struct ControlledProcess: Sendable {
    let delivery: any DeliveryService
    /// Its listener, which the control socket is not.
    let listener: any ListenerControl
    let folder: any FolderControl
    /// `nil` without a shared journal.
    let nodes: (any NodesControl)?
    /// The name of its host, where everybody who asks is.
    let host: String

    public init(
        delivery: any DeliveryService, listener: any ListenerControl, folder: any FolderControl,
        nodes: (any NodesControl)?, host: String
    ) {
        self.delivery = delivery
        self.listener = listener
        self.folder = folder
        self.nodes = nodes
        self.host = host
    }
}
