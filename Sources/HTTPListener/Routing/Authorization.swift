import DeliveryModel
import Foundation
import NIOHTTP1
import Synchronization

/// What a client may do.
struct Access: Hashable, Sendable {
    /// The name of its token.
    var name: String?
    var scope: ListenerToken.Scope

    static let everything = Access(name: nil, scope: .admin)

    /// The token's name and the client's address, as a run keeps them.
    func submitter(at client: String) -> String { name.map { "\($0)@\(client)" } ?? client }

    /// Whether a run may be seen: a token that only submits sees what it submitted.
    func maySee(_ submittedBy: String?) -> Bool {
        guard scope == .submit else { return true }
        guard let name else { return false }
        return RunQuery.isFrom(name, submittedBy)
    }

    /// - Throws: `Refusal` with 403.
    func check(_ endpoint: Endpoint) throws(Refusal) {
        guard endpoint.scopes.contains(scope) else {
            throw Refusal(.forbidden, "The scope of this token (\(scope.rawValue)) doesn't allow that.")
        }
    }
}

/// Lets in who knows a token.
final class Authorization: Sendable {
    private let tokens: Mutex<[ListenerToken]>

    /// - Parameter tokens: none leaves the listener open.
    init(tokens: [ListenerToken]) {
        self.tokens = Mutex(tokens)
    }

    /// From now on these count.
    func replace(with new: [ListenerToken]) {
        tokens.withLock { $0 = new }
    }

    /// - Parameter allowsBasic: accept the token as a password, too, so that a browser can open the documentation.
    /// - Throws: `Refusal` with 401.
    func check(_ headers: HTTPHeaders, allowsBasic: Bool) throws(Refusal) -> Access {
        let tokens = tokens.withLock { $0 }
        if tokens.isEmpty { return .everything }
        let given = headers["authorization"]
        if given.count == 1, let credentials = Self.credentials(given[0], allowsBasic: allowsBasic) {
            var access: Access?
            // All are compared, so that an answer's time does not tell which one was nearly right.
            for token in tokens where Self.equal(token.secret, credentials) {
                access = Access(name: token.name, scope: token.scope)
            }
            if let access { return access }
        }
        // A browser asks for a password only when the challenge stands in a field of its own.
        let challenges = (allowsBasic ? [#"Basic realm="Data Connector", charset="UTF-8""#] : []) + ["Bearer"]
        throw Refusal(
            .unauthorized, "A valid bearer token is required.", headers: challenges.map { ("WWW-Authenticate", $0) })
    }

    private static func credentials(_ field: String, allowsBasic: Bool) -> [UInt8]? {
        guard let space = field.firstIndex(of: " ") else { return nil }
        let value = field[space...].drop { $0 == " " }
        switch field[..<space].lowercased() {
        case "bearer":
            return Array(value.utf8)
        case "basic" where allowsBasic:
            guard let pair = Data(base64Encoded: String(value)), let colon = pair.firstIndex(of: UInt8(ascii: ":"))
            else { return nil }
            return Array(pair[pair.index(after: colon)...])
        default:
            return nil
        }
    }

    /// Takes the same time wherever the first difference is, so that an answer's time tells nothing of the token.
    private static func equal(_ token: [UInt8], _ given: [UInt8]) -> Bool {
        var difference = token.count ^ given.count
        for index in given.indices { difference |= Int(token[index % token.count] ^ given[index]) }
        return difference == 0
    }
}

extension Endpoint {
    /// Which tokens may ask for it.
    var scopes: Set<ListenerToken.Scope> {
        switch self {
        case .sendRecord, .sendRecords, .retryRun: [.submit, .admin]
        case .listRuns, .showRun, .listFailures, .showRejected: [.submit, .read, .admin]
        case .pauseRun, .resumeRun, .stopRun, .discardRun, .passWindow: [.admin]
        case .readMetrics: [.read, .admin]
        case .showDocumentation, .describeAPI, .describeAPIAsSwagger, .checkHealth, .checkReadiness, .checkDelivery:
            [.submit, .read, .admin]
        }
    }

    /// Whether it says so little that it needs no token.
    var isOpen: Bool { self == .checkHealth || self == .checkReadiness || self == .checkDelivery }
}
