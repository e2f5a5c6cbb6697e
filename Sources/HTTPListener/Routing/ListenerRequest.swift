import NIOCore
import NIOHTTP1

/// A request with what the routes ask of its header.
struct ListenerRequest {
    let head: HTTPRequestHead
    let parameters: RequestParameters
    let connection: ListenerConnection
    /// The client's address; behind a named proxy what that says of it.
    let client: String
    let access: Access
    /// What the client says about waiting (RFC 7240).
    let preference: WaitPreference

    init(
        head: HTTPRequestHead, parameters: RequestParameters, connection: ListenerConnection, client: String,
        access: Access
    ) {
        self.head = head
        self.parameters = parameters
        self.connection = connection
        self.client = client
        self.access = access
        preference = WaitPreference(head.headers["prefer"])
    }

    /// The trace that the client says it belongs to.
    var trace: String? { RequestIdentity.trace(head.headers) }

    /// Who submits, as a run keeps it.
    var submitter: String { access.submitter(at: client) }

    /// The media type in lower case, without its parameters; `nil` when there is none.
    var mediaType: String? {
        head.headers.first(name: "content-type").map { field in
            let end = field.utf8.firstIndex(of: UInt8(ascii: ";")) ?? field.endIndex
            return field[..<end].trimmingSpaces.lowercased()
        }
    }

    /// - Throws: `Refusal` with 400 that names a parameter which is none of these.
    func checkParameters(_ known: KnownNames) throws(Refusal) {
        for (name, _) in parameters.all { try known.check(name, what: "The parameter") }
    }

    /// Whether the body is compressed with gzip.
    /// - Throws: `Refusal` with 415 when it is compressed in another way.
    func isCompressed() throws(Refusal) -> Bool {
        let codings = head.headers[canonicalForm: "content-encoding"].map { $0.lowercased() }
            .filter { $0 != "identity" && !$0.isEmpty }
        guard let coding = codings.first else { return false }
        guard codings.count == 1, coding == "gzip" || coding == "x-gzip" else {
            throw Refusal(
                .unsupportedMediaType, "Content-Encoding may be gzip only. Send the body as gzip, or as it is.",
                headers: [("Accept-Encoding", "gzip")])
        }
        return true
    }

    /// - Throws: `Refusal` with 400 when the key is not one to 255 visible characters.
    func idempotencyKey() throws(Refusal) -> String? {
        let keys = head.headers["idempotency-key"]
        guard let key = keys.first else { return nil }
        guard keys.count == 1, (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7e).contains($0) })
        else { throw Refusal(.badRequest, "Idempotency-Key must be 1 to 255 printable ASCII characters.") }
        // Each token has keys of its own.
        return access.name.map { "\($0)\n\(key)" } ?? key
    }
}

extension Substring {
    /// Without spaces and tabs at the ends.
    var trimmingSpaces: Substring {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var bytes = utf8.drop(while: isSpace)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return Substring(bytes)
    }
}
