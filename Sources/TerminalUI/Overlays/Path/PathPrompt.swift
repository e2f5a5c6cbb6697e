import DeliveryModel
import TerminalKit

/// A path that is typed, to open or to write to.
struct PathPrompt: Sendable {
    enum Purpose: Hashable, Sendable {
        case open
        case export(FailureQuery)
        case report(RunID)
    }

    var purpose: Purpose
    var field: TextField
    var completions: [String] = []
    var problem: String?
    var isWriting = false
}
