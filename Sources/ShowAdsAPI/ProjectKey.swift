public import DeliveryModel

/// The secret with which the project logs in. Its text never shows in a description.
public struct ProjectKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let secret: String

    /// - Throws: `DeliveryError` of code `configuration` when the key is empty or holds control characters.
    public init(_ key: String) throws(DeliveryError) {
        guard !key.isEmpty, !key.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw DeliveryError(
                .configuration, "The project key is empty or contains control characters.")
        }
        secret = key
    }

    /// Never the key itself.
    public var description: String { "(project key)" }
    /// Never the key itself.
    public var debugDescription: String { description }
    /// Shows nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
