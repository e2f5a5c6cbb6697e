#if PostgreSQL
import DeliveryModel
import Synchronization

/// Whether the database answers.
final class Contact: Sendable {
    private let state = Mutex<DeliveryError?>(nil)

    /// Why it is away; `nil` while it answers.
    var absence: DeliveryError? { state.withLock { $0 } }

    /// - Returns: whether that is new.
    @discardableResult
    func lost(_ error: DeliveryError) -> Bool {
        state.withLock { known in
            defer { known = error }
            return known == nil
        }
    }

    /// - Returns: whether it was away.
    @discardableResult
    func found() -> Bool {
        state.withLock { known in
            defer { known = nil }
            return known != nil
        }
    }
}
#endif
