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

    struct Failure: Encodable {
        let id: Int64
        let line: Int
        let kind: String
        let reason: String?
        let status: String?
        let message: String
        let attempts: Int
        let time: Date
        let name: String
        let age: String
        let cookie: String
        let bannerID: String
        let raw: String
        let retryingIn: Int64?

        private enum CodingKeys: String, CodingKey {
            case id, line
            case kind = "class"
            case reason, status, message, attempts, time, name, age, cookie
            case bannerID = "banner_id"
            case raw
            case retryingIn = "retrying_in"
        }

        init(_ record: FailedRecord) {
            id = record.id
            line = record.line
            kind = record.kind.rawValue
            reason = record.reason?.rawValue
            status = record.status
            message = record.message
            attempts = record.attempts
            time = record.time
            name = record.name
            age = record.age
            cookie = record.cookie
            bannerID = record.bannerID
            raw = record.raw
            retryingIn = record.retryingIn?.rawValue
        }
    }

    struct Failures: Encodable {
        let failures: [Failure]
        /// What `after` asks for the next page with.
        let next: Int64?
    }
}
