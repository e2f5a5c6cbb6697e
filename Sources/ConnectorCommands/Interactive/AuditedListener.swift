import DeliveryModel

/// The listener of this process as its own screen switches it: the audit keeps who did.
struct AuditedListener: ListenerControl {
    let listener: any ListenerControl
    let audit: any AuditTrail

    func snapshot() -> ListenerSnapshot { listener.snapshot() }

    func start() async throws(DeliveryError) {
        try await listener.start()
        await audit.note(.startListener)
    }

    func stop() async {
        await listener.stop()
        await audit.note(.stopListener)
    }
}
