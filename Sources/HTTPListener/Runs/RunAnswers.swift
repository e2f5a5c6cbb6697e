import CustomerRecords
import DeliveryModel
import Foundation
import NIOHTTP1

/// How runs and failures look in answers.
enum RunAnswers {
    struct Runs: Encodable {
        let runs: [SummaryJSON]
        /// What `before` asks for the next page with.
        let next: Int64?
    }

    /// What is not known is left out.
    struct Failure: Encodable {
        private let record: FailedRecord

        init(_ record: FailedRecord) { self.record = record }

        private enum Key: String, CodingKey {
            case id, line, reason, status, message, attempts, time, raw
            case kind = "class"
            case retryingIn = "retrying_in"
        }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(record.id, forKey: .id)
            try object.encode(record.line, forKey: .line)
            try object.encode(record.kind.rawValue, forKey: .kind)
            try object.encodeIfPresent(record.reason?.rawValue, forKey: .reason)
            try object.encodeIfPresent(record.status, forKey: .status)
            try object.encode(record.message, forKey: .message)
            try object.encode(record.attempts, forKey: .attempts)
            try object.encode(record.time, forKey: .time)
            try record.fields.encode(to: encoder)
            try object.encode(record.raw, forKey: .raw)
            try object.encodeIfPresent(record.retryingIn?.rawValue, forKey: .retryingIn)
        }
    }

    struct Failures: Encodable {
        let failures: [Failure]
        /// What `after` asks for the next page with.
        let next: Int64?
    }
}
