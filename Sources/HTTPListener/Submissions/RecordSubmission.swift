import CustomerRecords
import DeliveryModel
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// A record as `POST /send_record` takes it.
struct RecordSubmission: Decodable {
    var name: String
    var age: Int
    var cookie: String
    var bannerID: Int
    var minimumAge: Int?
    var maximumAge: Int?

    private enum CodingKeys: String, CodingKey {
        case name, age, cookie
        case bannerID = "banner_id"
        case minimumAge = "min_age"
        case maximumAge = "max_age"
    }

    private static let decoder = JSONDecoder()

    /// - Throws: `Refusal` with 400 when a field is missing, of another type, or the body is no JSON.
    static func read(_ body: ByteBuffer) throws(Refusal) -> RecordSubmission {
        do {
            return try decoder.decode(RecordSubmission.self, from: body)
        } catch {
            throw Refusal(.badRequest, "Failed to process data.")
        }
    }

    var fields: RecordFields {
        RecordFields(name: name, age: String(age), cookie: cookie, bannerID: String(bannerID))
    }
}

extension AgeFilter {
    /// - Throws: `Refusal` with 400 when a bound is below zero or no age can pass.
    func overridden(minimum: Int?, maximum: Int?) throws(Refusal) -> AgeFilter {
        for (name, bound) in [("min_age", minimum), ("max_age", maximum)] {
            if let bound, bound < 0 { throw Refusal(.badRequest, "\(name) must not be negative.") }
        }
        let filter = AgeFilter(minimum: minimum ?? self.minimum, maximum: maximum ?? self.maximum)
        guard filter.isSatisfiable else {
            throw Refusal(
                .badRequest, "min_age \(filter.minimum) is greater than max_age \(filter.maximum ?? filter.minimum).")
        }
        return filter
    }

    /// The same for bounds in text, as forms and queries hold them; an empty one counts as not given.
    func overridden(minimumText: String?, maximumText: String?) throws(Refusal) -> AgeFilter {
        func number(_ text: String?, _ name: String) throws(Refusal) -> Int? {
            guard let text, !text.isEmpty else { return nil }
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
                throw Refusal(.badRequest, "\(name) must be a whole number.")
            }
            return number
        }
        return try overridden(minimum: number(minimumText, "min_age"), maximum: number(maximumText, "max_age"))
    }
}
