import DeliveryModel

/// The listener of this process as its own screen switches it: the audit keeps who did.
struct AuditedListener: ListenerControl {
    let listener: any ListenerControl
    let delivery: any DeliveryService

    func snapshot() -> ListenerSnapshot { listener.snapshot() }

    func start() async throws {
        try await listener.start()
        await delivery.note(.startListener)
    }

    func stop() async {
        await listener.stop()
        await delivery.note(.stopListener)
    }
}
