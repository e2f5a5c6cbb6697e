public import CustomerRecords

/// What another process asks of the one that delivers, over the control socket of its state directory.
public enum ControlCall: Codable, Sendable {
    case start(RunRequest)
    case pause(RunID)
    case unpause(RunID)
    case passWindow(RunID)
    case stop(RunID, StopMode)
    case discard(RunID)
    case resume(RunID)
    case retry(RunID, FailureSelection)
    case resend(Int64, RecordFields)
    case failures(FailureQuery, offset: Int, limit: Int)
    case failuresAfter(Int64?, FailureQuery, limit: Int)
    case failuresByID([Int64])
    case failureCount(FailureQuery)
    case failureFacets(FailureQuery)
    case failureOrder(FailureQuery)
    case dismiss([Int64])
    case undismiss([Int64])
    case runs(RunQuery, limit: Int, before: RunID?)
    case run(RunID)
    case graph(RunID)
    case recentRequests
    case audit(AuditQuery)
    case note(FaceAction)
    case erase([String], isDryRun: Bool)
    case removeDeliveryList(String)
    case previewFix(BulkFix)
    case applyFix(BulkFix)
    case runOfSameContent(String, ReaderOptions)
    case setConcurrency(Int)
    case setRate(Int?)
    case setSchedule(SendSchedule)
    case newRecords(String, ReaderOptions)
    case retryNow
    case setAPI(url: String, projectKey: String)
    case testLogin(url: String, projectKey: String)
    case startListener
    case stopListener
}

/// The answer to a call: what it returns, or the error that it throws.
public enum ControlReply<Value: Codable & Sendable>: Codable, Sendable {
    case value(Value)
    case failed(DeliveryError)

    /// - Throws: `DeliveryError`, as the call would.
    public func get() throws(DeliveryError) -> Value {
        switch self {
        case .value(let value): value
        case .failed(let error): throw error
        }
    }
}

/// A call that returns nothing.
public struct ControlDone: Codable, Sendable {
    public init() {}
}

/// The running process at one moment, for a screen that is attached to it.
public struct ControlState: Codable, Sendable {
    /// Of the program; both sides have to be the same.
    public var version: String
    public var process: Int32
    /// Different for each process, also of those that have the same number one after the other.
    public var instance: String
    public var snapshot: EngineSnapshot
    /// `nil` when it has no listener.
    public var listener: ListenerSnapshot?
    /// `nil` when it watches none.
    public var folder: FolderSnapshot?
    /// `nil` when its journal is its own.
    public var nodes: NodesSnapshot?

    public init(
        version: String, process: Int32, instance: String, snapshot: EngineSnapshot, listener: ListenerSnapshot?,
        folder: FolderSnapshot? = nil, nodes: NodesSnapshot? = nil
    ) {
        self.version = version
        self.process = process
        self.instance = instance
        self.snapshot = snapshot
        self.listener = listener
        self.folder = folder
        self.nodes = nodes
    }
}
