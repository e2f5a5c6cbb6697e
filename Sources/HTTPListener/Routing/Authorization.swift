import Foundation
import NIOHTTP1

/// Lets in who knows the token.
struct Authorization: Sendable {
    private let token: [UInt8]?

    init(token: String?) {
        self.token = token.map { Array($0.utf8) }
    }

    /// - Parameter allowsBasic: accept the token as a password, too, so that a browser can open the documentation.
    /// - Throws: `Refusal` with 401.
    func check(_ headers: HTTPHeaders, allowsBasic: Bool) throws(Refusal) {
        guard let token else { return }
        let given = headers["authorization"]
        if given.count == 1, let credentials = Self.credentials(given[0], allowsBasic: allowsBasic),
            Self.equal(token, credentials)
        {
            return
        }
        let challenge = allowsBasic ? #"Basic realm="Data Connector", Bearer"# : "Bearer"
        throw Refusal(
            .unauthorized, "A valid bearer token is needed.", headers: [("WWW-Authenticate", challenge)])
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
