import Synchronization

/// Values in the order in which a closure brought them.
final class Collected: Sendable {
    private let state = Mutex<[String]>([])

    var values: [String] { state.withLock { $0 } }

    func append(_ value: String) { state.withLock { $0.append(value) } }
}
