import Foundation
import NIOCore

/// One record as the API takes it; a field too many or of another type is an error.
struct BannerItem: Decodable, Hashable {
    var cookie: String
    var banner: Int

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }

        static let cookie = Key(stringValue: "VisitorCookie")
        static let banner = Key(stringValue: "BannerId")
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        cookie = try fields.decode(String.self, forKey: .cookie)
        banner = try fields.decode(Int.self, forKey: .banner)
        guard fields.allKeys.count == 2, !cookie.isEmpty else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "unknown field or no cookie"))
        }
    }
}

/// The bodies of the three requests.
enum ReceivedBody {
    private struct Bulk: Decodable {
        var items: [BannerItem]

        private enum CodingKeys: String, CodingKey {
            case items = "Data"
        }
    }

    private struct Login: Decodable {
        var key: String

        private enum CodingKeys: String, CodingKey {
            case key = "ProjectKey"
        }
    }

    /// The records of a banner request; `nil` when the body is malformed.
    static func items(_ body: ByteBuffer, isBulk: Bool) -> [BannerItem]? {
        let data = Data(body.readableBytesView)
        if isBulk { return try? JSONDecoder().decode(Bulk.self, from: data).items }
        return (try? JSONDecoder().decode(BannerItem.self, from: data)).map { [$0] }
    }

    /// The key of a login; `nil` when there is none.
    static func projectKey(_ body: ByteBuffer) -> String? {
        let key = try? JSONDecoder().decode(Login.self, from: Data(body.readableBytesView)).key
        return key.flatMap { $0.isEmpty ? nil : $0 }
    }
}
