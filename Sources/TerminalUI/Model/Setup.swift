import CustomerRecords
import DeliveryModel

/// What doesn't change while the screen is up.
struct Setup: Sendable {
    var home = "/"
    var rules = RecordRules()
    var hasListener = false
    var hasSandbox = false
    /// Neither an address nor a key was given.
    var needsAddress = false
    var needsKey = false
    var apiURL = ""
}
