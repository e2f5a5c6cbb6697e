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
    public var formFields = 20
    /// The value of such a field.
    public var formFieldBytes = 1024
    /// The header fields of one part of a form.
    public var partHeaderBytes = 8 * 1024

    // Numbers
    /// Working places: requests that are being received and made durable at once.
    public var places = 64
    /// How many of them uploads may take.
    public var uploads = 16
    /// How many of them the requests of one client address may take.
    public var placesPerClient = 48
    /// How many of them the uploads of one client address may take.
    public var uploadsPerClient = 12
    /// Requests that wait for a working place.
    public var queue = 512
    /// Clients that wait for the outcome of a record. They hold no working place.
    public var waitingRecords = 10_000
    /// Clients that wait for the outcome of a file. They hold no working place.
    public var waitingFiles = 1_000
    /// Open sockets beside those that wait for an outcome. When one more arrives, the one that has been idle longest
    /// gives way.
    public var openConnections = 1024
    /// How many of them one client address may have.
    public var openConnectionsPerClient = 768

    // Times
    /// How long a new connection, or a request that has begun, gives way to nobody.
    public var connectionGrace: Duration = .seconds(1)
    /// From the first byte of a request to the end of its header.
    public var headerTimeout: Duration = .seconds(10)
    /// Without a byte between two requests.
    public var idleTimeout: Duration = .seconds(75)
    /// How long a body may take without being measured, and the length of every later measurement.
    public var bodyWindow: Duration = .seconds(5)
    /// The least rate of a body, in bytes a second, while the listener is ready to take more.
    public var bodyRate = 240
    /// How long a whole body may take, before its size adds to that.
    public var bodyTimeout: Duration = .seconds(15 * 60)
    /// So many bytes of a body add a second to that.
    public var bodyTimeoutRate = 64 * 1024
    /// How long a client may leave an answer unread that is too large for the system's buffers.
    public var answerTimeout: Duration = .seconds(30)
    /// How long a request waits for a working place.
    public var queueTime: Duration = .seconds(3)
    /// How long the answer to a record waits for the delivery when the client does not say.
    public var outcomeWait: Duration = .seconds(10)
    /// How long the answer to a file waits for the delivery when the client does not say.
    public var fileOutcomeWait: Duration = .seconds(300)
    /// The longest wait that a client may ask for.
    public var longestWait: Duration = .seconds(3600)
    /// How long a refused client may take to read its answer before the connection is cut.
    public var lingerTimeout: Duration = .seconds(2)

    /// Sockets for clients, at most; `nil` when only the limits above count.
    public var sockets: Int?
    /// How long requests may take to end after the listener was told to stop.
    public var shutdownGrace: Duration = .seconds(10)

    public init() {}
}
