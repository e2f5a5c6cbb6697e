import Foundation

/// The process that works on a run, or was the last one.
public struct RunOwner: Hashable, Sendable {
    /// The host's name, or what the operator calls it.
    public var node: String
    /// Different for every process.
    public var instance: String

    public init(node: String, instance: String) {
        self.node = node
        self.instance = instance
    }

    /// This process.
    public static let current = RunOwner(
        node: hostName, instance: String(UInt64.random(in: 1...(.max)), radix: 16))

    private static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        let result = gethostname(&buffer, buffer.count - 1)
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return result == 0 && !name.isEmpty ? name : "localhost"
    }
}
