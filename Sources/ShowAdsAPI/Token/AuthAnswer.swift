import Foundation
import NIOCore

/// The body of a successful login.
enum AuthAnswer {
    private struct Body: Decodable {
        var token: String

        private enum CodingKeys: String, CodingKey {
            case token = "AccessToken"
        }
    }

    /// The token; `nil` when there is none that could stand in a header.
    static func token(in body: ByteBuffer) -> String? {
        let data = Data(body.readableBytesView)
        guard let token = try? JSONDecoder().decode(Body.self, from: data).token, !token.isEmpty,
            token.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return nil }
        return token
    }
}
