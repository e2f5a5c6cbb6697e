import Synchronization

/// Work of which only the newest counts: a preview of a file that the cursor has left is nobody's.
package final class Latest: Sendable {
    private let newest = Atomic<Int>(0)

    package init() {}

    /// Begins a new piece of work.
    /// - Returns: whether that piece is still the newest.
    package func begin() -> @Sendable () -> Bool {
        let number = newest.add(1, ordering: .relaxed).newValue
        return { [self] in newest.load(ordering: .relaxed) == number }
    }
}
