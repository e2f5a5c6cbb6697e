import TerminalKit

/// Where the API is and who we are there.
struct SettingsModel: Sendable {
    enum Row: Int, CaseIterable, Sendable { case address, key, keep, test, theme, mouse }

    enum Login: Hashable, Sendable {
        case untested, testing
        case accepted(String)
        case refused(String)
    }

    var address: TextField
    var key = TextField()
    var row = Row.address
    var login = Login.untested
    /// What is wrong with the address or the key.
    var problem: String?
}
