/// A shell's pattern for names, case ignored: `*`, `?`, `[a-z]` and `[!a-z]`.
struct GlobPattern: Hashable, Sendable {
    private enum Part: Hashable {
        case byte(UInt8)
        case any
        case anything
        case oneOf([ClosedRange<UInt8>], isNegated: Bool)
    }

    private let parts: [Part]

    init(_ text: String) {
        var parts: [Part] = []
        var rest = Array(text.utf8).lowercased[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"): if parts.last != .anything { parts.append(.anything) }
            case UInt8(ascii: "?"): parts.append(.any)
            case UInt8(ascii: "["): parts.append(Self.bracket(&rest) ?? .byte(byte))
            case UInt8(ascii: "\\"): parts.append(.byte(rest.popFirst() ?? byte))
            default: parts.append(.byte(byte))
            }
        }
        self.parts = parts
    }

    /// What stands after a `[`; `nil` when it is never closed, so that it stands for itself.
    private static func bracket(_ rest: inout ArraySlice<UInt8>) -> Part? {
        var inside = rest
        let isNegated = inside.first == UInt8(ascii: "!") || inside.first == UInt8(ascii: "^")
        if isNegated { inside.removeFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        while let byte = inside.popFirst() {
            if byte == UInt8(ascii: "]"), !ranges.isEmpty {
                rest = inside
                return .oneOf(ranges, isNegated: isNegated)
            }
            let bounds = inside.prefix(2)
            if bounds.count == 2, bounds.first == UInt8(ascii: "-"), let last = bounds.last, last != UInt8(ascii: "]"),
                byte <= last
            {
                inside.removeFirst(2)
                ranges.append(byte...last)
            } else {
                ranges.append(byte...byte)
            }
        }
        return nil
    }

    func matches(_ name: EntryName) -> Bool {
        let name = name.bytes.lowercased
        var (part, byte) = (0, 0)
        /// Where to continue when what follows the last `*` does not match.
        var retry: (part: Int, byte: Int)?
        while byte < name.count {
            if part < parts.count, parts[part] == .anything {
                retry = (part + 1, byte)
                part += 1
            } else if part < parts.count, Self.matches(parts[part], name[byte]) {
                part += 1
                byte += 1
            } else if let last = retry {
                retry = (last.part, last.byte + 1)
                (part, byte) = (last.part, last.byte + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .anything }
    }

    private static func matches(_ part: Part, _ byte: UInt8) -> Bool {
        switch part {
        case .byte(let expected): expected == byte
        case .any: true
        case .anything: false
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
        }
    }
}
