/// How much the listener takes from its clients, and how long it waits for them.
public struct ListenerLimits: Hashable, Sendable {
    // Sizes, in bytes unless said otherwise
    /// The request line and all header fields together.
    public var headerBytes = 16 * 1024
    /// Header fields of a request.
    public var headerFields = 64
    /// The JSON body of a single record.
    public var recordBytes = 64 * 1024
    /// The CSV of an upload.
    public var uploadBytes = 1 << 30
    /// Fields beside the file in a form.
    public var formFields = 4
    /// The value of such a field.
    public var formFieldBytes = 1024
    /// The header fields of one part of a form.
    public var partHeaderBytes = 8 * 1024

    // Numbers
    /// Requests that are worked on at once. Connections that have sent no complete header don't count here.
    public var activeRequests = 64
    /// Open sockets. When one more arrives, the one that has waited longest without a complete request gives way.
    public var openConnections = 512
    /// Uploads that are received or waited for at once.
    public var uploads = 16

    // Times
    /// From the first byte of a request to the end of its header.
    public var headerTimeout: Duration = .seconds(10)
    /// Without a byte between two requests.
    public var idleTimeout: Duration = .seconds(15)
    /// How long a body may take without being measured, and the length of every later measurement.
    public var bodyWindow: Duration = .seconds(5)
    /// The least rate of a body, in bytes a second, while the listener is ready to take more.
    public var bodyRate = 240
    /// How long a client may leave an answer unread that is too large for the system's buffers.
    public var answerTimeout: Duration = .seconds(30)
    /// How long the answer to a single record waits for the delivery.
    public var outcomeWait: Duration = .seconds(10)
    /// How long a refused client may take to read its answer before the connection is cut.
    public var lingerTimeout: Duration = .seconds(2)
    /// How long requests may take to end after the listener was told to stop.
    public var shutdownGrace: Duration = .seconds(10)

    public init() {}
}
