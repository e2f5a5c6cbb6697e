import DeliveryModel
import TerminalKit

/// A question that waits for its answer. What it says is made from the model whenever it is drawn or answered, so that
/// its numbers are those of now.
struct Confirmation: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
        case start(StartRequest)
        case stop(RunID)
        case retry(RetryRequest)
        case fix(BulkFix, Int)
        case resume([RunID], isOffer: Bool)
        case passWindow(RunID)
        case schedule(SendSchedule)
        case replace(FailureQuery, path: String)
        case stopListener
        case quit
    }

    var subject: Subject
    /// Steps away from the answer that changes nothing, which has the focus first.
    var step = 0
    /// What was typed, where a word is asked for.
    var typed = TextField()

    init(_ subject: Subject) { self.subject = subject }
}

/// A question as it stands now.
struct Question: Sendable {
    struct Choice: Hashable, Sendable {
        var key: Key
        var label: String
        var isDangerous = false
        var command: Command
    }

    enum Command: Hashable, Sendable {
        case cancel
        case start(StartRequest)
        case stop(RunID, StopMode)
        case retry(RetryRequest)
        case applyFix(BulkFix)
        case resume([RunID])
        case passWindow(RunID)
        case setSchedule(SendSchedule)
        /// Leaves hours and limit as they are.
        case keepSchedule
        case declineResume([RunID])
        case export(FailureQuery, path: String)
        case stopListener
        case quit(StopMode)
    }

    var title: String
    var lines: [Line]
    /// The last one changes nothing.
    var choices: [Choice]
    /// What has to be typed before the first choice can be made.
    var word: String?

    func focus(_ confirmation: Confirmation) -> Int {
        let count = choices.count
        return ((count - 1 + confirmation.step) % count + count) % count
    }
}

/// What became of a retry over several runs.
struct Retried: Hashable, Sendable {
    /// The runs that send the records again.
    var runs: [RunID] = []
    /// Those of the marked records that are sent again.
    var sent: Set<FailedRecord.ID> = []
    /// Why others could not be.
    var problem: DeliveryError?
}

/// Failed records that are to be sent again.
struct RetryRequest: Hashable, Sendable {
    var marks: FailuresModel.Marks
    var query: FailureQuery
    /// How many are marked or selected, and how many of them can be sent; `nil` until they are counted.
    var selected: Int?
    var sendable: Int?
    /// Whether it is about all retryable ones instead of marked ones.
    var isAll = false
}
