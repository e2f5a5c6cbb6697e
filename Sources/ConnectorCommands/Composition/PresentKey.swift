import Synchronization

/// The project key that is in use: the settings' at first, then what the operator typed in its place.
final class PresentKey: Sendable {
    private let key: Mutex<String>

    init(_ key: String) { self.key = Mutex(key) }

    /// - Parameter typed: a new key; empty keeps the present one.
    func replaced(by typed: String) -> String {
        key.withLock { key in
            if !typed.isEmpty { key = typed }
            return key
        }
    }
}
