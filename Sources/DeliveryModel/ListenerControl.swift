public import struct Foundation.Date

/// One submission that arrived over HTTP.
public struct ListenerSubmission: Hashable, Codable, Sendable {
    public var time: Date
    public var method: String
    public var path: String
    public var status: Int
    public var run: RunID?
    /// What became of it, in the listener's words, when it was not taken: `rejected: age`.
    public var refusal: String?
    /// The client's address, without its port.
    public var client: String

    public init(
        time: Date, method: String, path: String, status: Int, run: RunID?, client: String,
        refusal: String? = nil
    ) {
        self.time = time
        self.method = method
        self.path = path
        self.status = status
        self.run = run
        self.client = client
        self.refusal = refusal
    }
}

/// The HTTP listener at one moment.
public struct ListenerSnapshot: Codable, Sendable {
    public enum State: Hashable, Codable, Sendable {
        case off
        case starting
        case listening
        case failed(String)
    }

    /// A line of the table of requests.
    public struct RouteCount: Hashable, Codable, Sendable {
        public var path: String
        public var status: Int
        public var count: Int

        public init(path: String, status: Int, count: Int) {
            self.path = path
            self.status = status
            self.count = count
        }
    }

    public var state: State
    /// `http://127.0.0.1:5000`, or what it would be.
    public var address: String
    /// In words: `bearer token`, `open (loopback only)` …
    public var authorization: String
    public var openConnections: Int
    public var requests: [RouteCount]
    /// Newest first, at most 100.
    public var submissions: [ListenerSubmission]

    public init(
        state: State = .off, address: String = "", authorization: String = "", openConnections: Int = 0,
        requests: [RouteCount] = [], submissions: [ListenerSubmission] = []
    ) {
        self.state = state
        self.address = address
        self.authorization = authorization
        self.openConnections = openConnections
        self.requests = requests
        self.submissions = submissions
    }
}

/// The HTTP listener as the terminal UI sees it.
public protocol ListenerControl: Sendable {
    func snapshot() -> ListenerSnapshot
    /// Starts it in the background; throws when the address can't be bound.
    func start() async throws(DeliveryError)
    func stop() async
}
