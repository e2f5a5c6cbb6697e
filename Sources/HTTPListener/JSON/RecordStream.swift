/// Takes JSON elements apart while they arrive, cut anywhere: those of an array, or one a line (NDJSON). It holds one
/// element at a time.
///
/// It finds where elements begin and end; whether one is proper JSON is for whoever reads it.
struct RecordStream {
    enum Shape: Hashable, Sendable {
        case array
        case lines
    }

    enum Element: Equatable {
        case whole([UInt8])
        case tooLong
        /// A line without anything.
        case blank
    }

    /// The body is not of its shape. `element` is the number of the element, 1-based, at which that shows.
    struct SyntaxError: Error, Hashable {
        var element: Int
    }

    private enum State {
        /// Before the array.
        case beginning
        /// Within the array or a line.
        case element
        /// Behind the array.
        case end
    }

    private let shape: Shape
    private let maximumBytes: Int
    private var state: State
    private var bytes: [UInt8] = []
    private var isTooLong = false
    private var isBlank = true
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var position = 0
    /// Elements that are complete.
    private(set) var count = 0

    init(_ shape: Shape, maximumBytes: Int) {
        self.shape = shape
        self.maximumBytes = maximumBytes
        state = shape == .array ? .beginning : .element
    }

    mutating func append(_ more: some Sequence<UInt8>, _ element: (Element) throws -> Void) throws {
        for byte in more {
            // A byte order mark.
            if position < 3 {
                position += 1
                if byte == [0xef, 0xbb, 0xbf][position - 1] { continue }
                position = 3
            }
            switch shape {
            case .lines: try takeInLine(byte, element)
            case .array: try takeInArray(byte, element)
            }
        }
    }

    /// The body is over.
    mutating func finish(_ element: (Element) throws -> Void) throws {
        switch shape {
        case .lines:
            if !isBlank || isTooLong { try end(element) }
        case .array:
            guard case .end = state else { throw SyntaxError(element: count + 1) }
        }
    }

    private mutating func takeInLine(_ byte: UInt8, _ element: (Element) throws -> Void) throws {
        if byte == 0x0a { try end(element) } else { collect(byte) }
    }

    private mutating func takeInArray(_ byte: UInt8, _ element: (Element) throws -> Void) throws {
        switch state {
        case .beginning:
            if byte == UInt8(ascii: "[") {
                state = .element
            } else if !Self.isSpace(byte) {
                throw SyntaxError(element: 1)
            }
        case .end:
            guard Self.isSpace(byte) else { throw SyntaxError(element: count + 1) }
        case .element:
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                return collect(byte)
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "]"):
                if depth == 0 { return try endArray(element) }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return try endInArray(element)
            default: break
            }
            guard depth >= 0 else { throw SyntaxError(element: count + 1) }
            collect(byte)
        }
    }

    private mutating func endInArray(_ element: (Element) throws -> Void) throws {
        guard !isBlank else { throw SyntaxError(element: count + 1) }
        try end(element)
    }

    private mutating func endArray(_ element: (Element) throws -> Void) throws {
        // Nothing is fine only when there is nothing before it.
        if !isBlank || count > 0 { try endInArray(element) }
        state = .end
    }

    private mutating func collect(_ byte: UInt8) {
        if isBlank {
            if Self.isSpace(byte) { return }
            isBlank = false
        }
        guard !isTooLong else { return }
        bytes.append(byte)
        if bytes.count > maximumBytes {
            isTooLong = true
            bytes = []
        }
    }

    private mutating func end(_ element: (Element) throws -> Void) throws {
        let done: Element = isTooLong ? .tooLong : isBlank ? .blank : .whole(bytes)
        bytes.removeAll(keepingCapacity: true)
        isTooLong = false
        isBlank = true
        count += 1
        try element(done)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }
}
