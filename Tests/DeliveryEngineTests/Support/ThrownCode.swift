import DeliveryModel

/// What kind of `DeliveryError` an operation throws; `nil` when it throws none.
func codeThrown<Value>(by operation: () async throws -> Value) async -> DeliveryError.Code? {
    do {
        _ = try await operation()
        return nil
    } catch {
        return (error as? DeliveryError)?.code
    }
}
