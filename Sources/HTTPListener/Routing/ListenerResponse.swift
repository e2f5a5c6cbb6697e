import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1

/// What a request is answered with.
struct ListenerResponse: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var body: ByteBuffer
    /// Sent in the place of `body`.
    var file: FileBody?
    /// The run that the request became, for the log and the statistics.
    var run: RunID?
    /// Why a record was not taken, for the screen: `rejected: age`.
    var refusal: String?
    /// What an idempotency key keeps of a final answer; `nil` while it is not final. It holds no field of a record.
    var kept: [UInt8]?

    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }()

    init(_ status: HTTPResponseStatus, type: String, body: ByteBuffer, run: RunID? = nil) {
        self.status = status
        headers = HTTPHeaders()
        // With what is added on the way to the client.
        headers.reserveCapacity(10)
        headers.add(name: "Content-Type", value: type)
        headers.add(name: "Cache-Control", value: "no-store")
        headers.add(name: "X-Content-Type-Options", value: "nosniff")
        self.body = body
        self.run = run
    }

    init(_ status: HTTPResponseStatus, json: String, run: RunID? = nil) {
        self.init(status, type: "application/json", body: ByteBuffer(string: json), run: run)
    }

    init(_ status: HTTPResponseStatus, json value: some Encodable, run: RunID? = nil) throws {
        self.init(status, type: "application/json", body: ByteBuffer(bytes: try Self.encoder.encode(value)), run: run)
    }

    /// Says where the run is found.
    consuming func located() -> ListenerResponse {
        if let run { headers.replaceOrAdd(name: "Location", value: "/runs/\(run)") }
        return self
    }

    /// An error as every client gets it: `{"message": text}`.
    init(_ refusal: Refusal) {
        let message = (try? Self.encoder.encode(["message": refusal.message])) ?? Data(#"{"message":""}"#.utf8)
        self.init(refusal.status, type: "application/json", body: ByteBuffer(bytes: message))
        for (name, value) in refusal.headers { headers.add(name: name, value: value) }
    }
}

/// Why a request is not done, for the client.
struct Refusal: Error, Sendable {
    var status: HTTPResponseStatus
    var message: String
    var headers: [(name: String, value: String)]

    init(_ status: HTTPResponseStatus, _ message: String, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.message = message
        self.headers = headers
    }

    /// Something is full or out of order for now.
    static func unavailable(_ message: String, retryAfter seconds: Int = 1) -> Refusal {
        Refusal(.serviceUnavailable, message, headers: [("Retry-After", String(seconds))])
    }

    init(_ error: DeliveryError) {
        switch error.code {
        case .source: self.init(.badRequest, error.message)
        case .notFound: self.init(.notFound, error.message)
        case .conflict: self.init(.conflict, error.message)
        case .busy, .ending: self = .unavailable(error.message)
        case .configuration: self = .unavailable(error.message, retryAfter: 10)
        // Where it lies and what is wrong with it is for the log.
        case .journal, .locked: self = .unavailable("Submissions can't be stored at this moment.", retryAfter: 10)
        }
    }
}
