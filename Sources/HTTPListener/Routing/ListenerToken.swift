public import DeliveryModel

/// What a client shows to be let in, and what it may do then.
public struct ListenerToken: Hashable, Sendable {
    public enum Scope: String, CaseIterable, Hashable, Sendable {
        /// Submits, and sees what came of it: its own runs only.
        case submit
        /// Looks at everything and changes nothing.
        case read
        case admin
    }

    public static let minimumLength = 16

    /// `nil` when it was given without one.
    public let name: String?
    public let scope: Scope
    let secret: [UInt8]

    /// Reads `TOKEN` or `name:scope=TOKEN`. Whatever is not of the second form is a token as a whole, so one in base64
    /// that ends in `=` stays one.
    /// - Returns: `nil` when it has fewer than 16 characters, or others than printable ASCII without spaces.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= Self.minimumLength, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        if let named = Self.named(bytes) {
            (name, scope, secret) = named
        } else {
            name = nil
            scope = .admin
            secret = bytes
        }
    }

    /// Tokens separated by commas. The text is split only when every part is a token by itself; otherwise it is one.
    /// - Returns: `nil` when it is not a token either way.
    public static func list(_ text: String) -> [ListenerToken]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { ListenerToken($0) }
        let tokens = parts.compactMap { $0 }
        if tokens.count == parts.count { return tokens }
        return ListenerToken(text).map { [$0] }
    }

    /// Tokens of a file, one a line; blank lines are skipped.
    /// - Throws: `DeliveryError` with `configuration` that names the line.
    public static func lines(_ text: String, of file: String) throws(DeliveryError) -> [ListenerToken] {
        var tokens: [ListenerToken] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line[...].trimmingSpaces
            if line.isEmpty { continue }
            guard let token = ListenerToken(line) else {
                throw DeliveryError(.configuration, "\(file), line \(index + 1): \(Self.rule)")
            }
            tokens.append(token)
        }
        guard !tokens.isEmpty else { throw DeliveryError(.configuration, "\(file) contains no token.") }
        return tokens
    }

    static let rule = "A token needs at least \(minimumLength) printable ASCII characters without spaces."

    private static func named(_ bytes: [UInt8]) -> (name: String, scope: Scope, secret: [UInt8])? {
        guard let colon = bytes.prefix(33).firstIndex(of: UInt8(ascii: ":")), colon > 0,
            let equals = bytes[colon...].firstIndex(of: UInt8(ascii: "=")),
            bytes.count - equals - 1 >= minimumLength,
            let scope = Scope(rawValue: String(decoding: bytes[(colon + 1)..<equals], as: UTF8.self)),
            (0x61...0x7a).contains(bytes[0]), bytes[..<colon].allSatisfy(isNameByte)
        else { return nil }
        return (String(decoding: bytes[..<colon], as: UTF8.self), scope, Array(bytes[(equals + 1)...]))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
