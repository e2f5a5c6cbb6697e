import CustomerRecords
import DeliveryModel
import NIOHTTP1

/// A record as `POST /send_record` takes it.
struct RecordSubmission: Hashable {
    var fields: RecordFields
    var minimumAge: Int?
    var maximumAge: Int?

    /// What an object may hold.
    static let names = ["name", "age", "cookie", "banner_id", "min_age", "max_age"]

    /// An object that is none of ours: a field is missing or of another kind.
    struct NotARecord: Error {}

    /// - Throws: `Refusal` with 400 when a field is missing, of another type or not known, or the body is not JSON.
    static func read(_ body: [UInt8], names: KnownNames) throws(Refusal) -> RecordSubmission {
        do {
            var reader = JSONReader(body)
            let submission = try RecordSubmission(&reader, names: names)
            guard reader.isAtEnd() else { throw JSONReader.SyntaxError() }
            return submission
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.badRequest, "Failed to process data.")
        }
    }

    /// - Throws: `JSONReader.SyntaxError`, `NotARecord`, or `Refusal` that names a field.
    init(_ reader: inout JSONReader, names: KnownNames) throws {
        // In the order of `names`: an object has few fields, and many objects come.
        var values = [JSONReader.Scalar?](repeating: nil, count: Self.names.count)
        var ignored: Set<String> = []
        try reader.fields { name, reader in
            let isNew: Bool
            if let index = Self.names.firstIndex(of: name) {
                isNew = values[index] == nil
                values[index] = try reader.value()
            } else {
                try names.check(name, what: "The field")
                isNew = ignored.insert(name).inserted
                _ = try reader.value()
            }
            guard isNew else { throw Refusal(.badRequest, "A field is given twice.") }
        }
        guard case .string(let name)? = values[0], let age = Self.integer(values[1]),
            case .string(let cookie)? = values[2], let banner = Self.integer(values[3])
        else { throw NotARecord() }
        fields = RecordFields(name: name, age: String(age), cookie: cookie, bannerID: String(banner)).trimmed
        minimumAge = try Self.optional(values[4])
        maximumAge = try Self.optional(values[5])
    }

    private static func optional(_ value: JSONReader.Scalar?) throws -> Int? {
        guard let value, value != .null else { return nil }
        guard let number = integer(value) else { throw NotARecord() }
        return number
    }

    /// A whole number, however it is written: `25.0` is one.
    private static func integer(_ value: JSONReader.Scalar?) -> Int? {
        guard case .number(let text)? = value else { return nil }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
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
