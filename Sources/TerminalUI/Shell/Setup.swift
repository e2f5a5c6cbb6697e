import CustomerRecords
import DeliveryModel

/// What doesn't change while the screen is up.
struct Setup: Sendable {
    var home = "/"
    var rules = RecordRules()
    var hasListener = false
    /// Whether a drop folder may be watched.
    var hasFolder = false
    var hasSandbox = false
    /// Whether the journal is shared with other nodes.
    var hasNodes = false
    /// Whether the terminal takes text for its clipboard.
    var hasClipboard = true
    /// Whether the project key must be asked for.
    var needsKey = false
    var apiURL = ""
    /// Of the configuration file.
    var profiles: [Profile] = []
    /// Whether another one can be used, and whether none is a choice, too.
    var canSwitchProfile = false
    var hasPlainSettings = false
    /// What is logged at all.
    var logLevel = LogLine.Level.debug
    /// Where runs keep their files; `nil` when that is unknown.
    var stateDirectory: String?
    /// The running process, when it is not this one.
    var attachedTo: Int32?

    /// From so many records on, a run of such a profile takes its name to start.
    static let guardedRecords = 1000
}
