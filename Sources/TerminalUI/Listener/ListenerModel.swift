import DeliveryModel
import TerminalKit

/// The screen of what arrives over HTTP.
struct ListenerModel: Sendable {
    var snapshot = ListenerSnapshot()
    var isBusy = false
    var cursor = ListCursor()
}
