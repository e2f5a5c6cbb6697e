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
    /// The folder that was filled in, as long as nothing was typed: a whole path that is typed or pasted replaces it.
    var filledIn: String?
    /// Whether what was typed is being opened or written: it stays until that is done, so that no error loses it.
    var isBusy = false
}
