import CustomerRecords
import DeliveryModel

/// What doesn't change while the screen is up.
struct Setup: Sendable {
    var home = "/"
    var rules = RecordRules()
    var hasListener = false
    var hasSandbox = false
    /// Whether the terminal takes text for its clipboard.
    var hasClipboard = true
    /// Whether the project key must be asked for.
    var needsKey = false
    var apiURL = ""
    /// The profile of the configuration file that is used.
    var profile: String?
    /// What is logged at all.
    var logLevel = LogLine.Level.debug
    /// Where runs keep their files; `nil` when that is unknown.
    var stateDirectory: String?
    /// The process that delivers, when it is not this one.
    var attachedTo: Int32?

    /// Whether real customers are at stake, as far as the profile's name tells.
    var isProduction: Bool {
        guard let profile = profile?.lowercased() else { return false }
        return profile == "prod" || profile == "live" || profile.hasPrefix("production")
    }

    /// From so many records on, a run of such a profile takes its name to start.
    static let guardedRecords = 1000
}
