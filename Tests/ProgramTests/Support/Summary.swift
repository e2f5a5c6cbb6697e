import Foundation

/// The JSON summary, as a script reads it.
struct Summary: Decodable, Hashable, Sendable {
    var run: Int?
    var source: String
    var state: String
    var read, rejected, filtered, sent, failed, pending: Int
    var recovered: Int
    var possibleDuplicates: Int
    var requests: Int
    var retries: Int
    var seconds: Double
    var reasons: [String: Int]
    var statuses: [String: Int]
    var unsentFile: String?

    /// Whether every record that was read stands in exactly one column.
    var isConserved: Bool { read == rejected + filtered + sent + failed + pending }

    init(json: String) throws { self = try Self.decoder.decode(Summary.self, from: Data(json.utf8)) }

    static func list(json: String) throws -> [Summary] {
        try decoder.decode([Summary].self, from: Data(json.utf8))
    }

    /// The runs of a summary over several sources.
    static func runs(json: String) throws -> [Summary] {
        struct Several: Decodable { var runs: [Summary] }
        return try decoder.decode(Several.self, from: Data(json.utf8)).runs
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
