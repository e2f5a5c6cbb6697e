import CustomerRecords
import DeliveryModel
public import DeliveryStore

extension Engine {
    /// Whether this process sees a source with the content that it had; what the store holds it always does.
    public nonisolated func canRead(_ source: LocatedSource) -> Bool {
        guard case .file(let path) = source.location else { return true }
        guard let known = source.fingerprint, let file = try? SourceFile(path), let present = try? file.fingerprint()
        else { return false }
        return present.isAlike(known)
    }
}
