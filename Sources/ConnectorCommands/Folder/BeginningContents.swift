import DeliveryStore
import Synchronization

/// The contents that are being compared with what was sent, until their runs begin. The journal doesn't know of them yet:
/// a second file with the same content has to wait.
final class BeginningContents: Sendable {
    private let contents = Mutex<Set<SourceFingerprint>>([])

    /// - Returns: whether nobody else had begun with the content.
    func begin(_ content: SourceFingerprint) -> Bool { contents.withLock { $0.insert(content).inserted } }

    func end(_ content: SourceFingerprint) { contents.withLock { _ = $0.remove(content) } }
}
