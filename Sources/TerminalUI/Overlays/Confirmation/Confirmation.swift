import DeliveryModel
import TerminalKit

/// A question with its answers. The focus begins on the one that changes nothing.
struct Confirmation: Sendable {
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
        case retry(FailuresModel.Marks, FailureQuery)
        case retryRun(FailureQuery)
        case resume([RunID])
        case declineResume([RunID])
        case export(FailureQuery, path: String)
        case quit(StopMode)
    }

    var title: String
    var lines: [Line]
    var choices: [Choice]
    var focus: Int

    /// - Parameter choices: the last one cancels.
    init(title: String, lines: [Line], choices: [Choice]) {
        self.title = title
        self.lines = lines
        self.choices = choices
        focus = choices.count - 1
    }
}
