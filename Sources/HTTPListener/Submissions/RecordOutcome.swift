import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1

/// What became of a single record. It is what an idempotency key keeps of its answer.
struct RecordOutcome: Codable, Hashable {
    private static let keeper = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return encoder
    }()

    enum Status: String, Codable {
        case sent, rejected, filtered, pending, failed
    }

    var status: Status
    /// The code of the broken rule, or what the API answered last.
    var reason: String?

    init(status: Status, reason: String? = nil) {
        self.status = status
        self.reason = reason
    }

    init(_ outcome: SubmissionOutcome) {
        switch outcome {
        case .sent: self.init(status: .sent)
        case .pending: self.init(status: .pending)
        case .failed(let answer): self.init(status: .failed, reason: answer)
        }
    }

    private struct Body: Encodable {
        var message: String
        var outcome: RecordOutcome
        var run: RunID?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(message, forKey: .message)
            try container.encode(outcome.status, forKey: .status)
            try container.encodeIfPresent(outcome.reason, forKey: .reason)
            // `null` when the record belongs to no run.
            try container.encode(run?.rawValue, forKey: .run)
        }

        private enum CodingKeys: String, CodingKey { case message, status, reason, run }
    }

    /// - Parameter cookie: names the record in the words that clients know.
    func answer(_ cookie: String, run: RunID?) throws -> ListenerResponse {
        let words =
            switch status {
            case .sent: "sent to ShowAPI."
            case .rejected, .filtered: "did not pass the validation, ignored."
            case .pending: "accepted, delivery pending."
            case .failed: "was not delivered."
            }
        var answer = try ListenerResponse(
            .accepted, json: Body(message: "Record \(cookie) \(words)", outcome: self, run: run), run: run
        ).located()
        if status == .rejected || status == .filtered {
            answer.refusal = reason.map { "\(status.rawValue): \($0)" } ?? status.rawValue
        }
        // What becomes of a record that was accepted is told from its run.
        if run == nil { answer.kept = try Array(Self.keeper.encode(self)) }
        return answer
    }
}

/// What an upload came to, or how it stands.
struct FileOutcome: Encodable {
    private var run: Int64
    private var status: String
    private var sent: Int
    private var read: Int
    private var rejected: Int
    private var filtered: Int
    private var failed: Int
    private var pending: Int
    /// Why the run ended early, or waits.
    private var message: String?
    private let isFinal: Bool
    private let id: RunID

    private enum CodingKeys: String, CodingKey {
        case run, status, sent, read, rejected, filtered, failed, pending, message
    }

    init(_ summary: RunSummary) {
        let counts = summary.counts
        id = summary.id
        run = summary.id.rawValue
        status = summary.state.isActive ? "pending" : summary.state.word
        sent = counts.sent
        read = counts.read
        rejected = counts.rejected
        filtered = counts.filtered
        failed = counts.failed
        pending = counts.pending
        message = summary.state.reason
        isFinal = !summary.state.isActive && !summary.isResumable
    }

    func answer() throws -> ListenerResponse {
        var answer = try ListenerResponse(.accepted, json: self, run: id).located()
        if isFinal { answer.kept = Array(answer.body.readableBytesView) }
        return answer
    }
}

extension ListenerResponse {
    /// Durable, and on its way.
    static func pending(_ run: RunID) -> ListenerResponse {
        ListenerResponse(.accepted, json: #"{"run":\#(run),"status":"pending"}"#, run: run).located()
    }

    /// Says which wishes about waiting were heeded.
    consuming func applying(_ request: ListenerRequest, _ limits: ListenerLimits) -> ListenerResponse {
        if let applied = request.preference.applied(longest: limits.longestWait) {
            headers.replaceOrAdd(name: "Preference-Applied", value: applied)
        }
        return self
    }
}
