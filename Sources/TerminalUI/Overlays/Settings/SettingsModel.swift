import TerminalKit

/// Where the API is and who we are there. Nothing of it counts before it is saved.
struct SettingsModel: Sendable {
    enum Row: Int, CaseIterable, Sendable { case address, key, keep, test, theme, mouse, notify }

    enum Login: Hashable, Sendable {
        case untested
        /// The number tells its answer from those of earlier tests.
        case testing(Int)
        case accepted(String)
        case refused(String)
    }

    var address: TextField
    var key = TextField()
    /// Whether address and key are remembered for the next start.
    var keeps: Bool
    var row = Row.address
    var login = Login.untested
    /// What is wrong with the address or the key.
    var problem: String?
    var isSaving = false

    mutating func focus(_ row: Row) {
        self.row = row
        address.deselect()
        key.deselect()
        switch row {
        case .address: address.selectAll()
        case .key: key.selectAll()
        case .keep, .test, .theme, .mouse, .notify: break
        }
    }
}
