/// Who did what.
public protocol AuditTrail: Sendable {
    /// Newest first.
    func audit(_ query: AuditQuery) async throws(DeliveryError) -> [AuditEntry]
    /// Has the audit keep what was done already. When that fails, the log says so.
    func note(_ action: FaceAction) async
}
