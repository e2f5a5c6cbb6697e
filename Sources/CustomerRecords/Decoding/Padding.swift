/// Zeros, Ctrl-Z and what follows them, which end a source when nothing else comes: old programs mark or fill the end
/// of a file so. They are held back, in little memory however many they are, until it is known.
struct Padding: Sendable {
    private struct Run {
        var byte: UInt8
        var count: Int
    }

    /// Padding is monotonous; anything else is not padding.
    private static let maximumRuns = 16

    private var runs: [Run] = []
    /// Whether the bytes turned out to be text, and are being given.
    private(set) var isReleased = false

    var isEmpty: Bool { runs.isEmpty }

    /// Where the padding at the end of the bytes begins; their count when they have none. What is before so many runs is
    /// text, whatever it is.
    static func start(in bytes: UnsafeRawBufferPointer) -> Int {
        var start = bytes.count
        var index = bytes.count
        var runs = 0
        var last: UInt8?
        while index > 0 {
            if bytes[index - 1] != last {
                last = bytes[index - 1]
                runs += 1
                if runs > maximumRuns { return start }
            }
            switch bytes[index - 1] {
            case 0, 0x1A: start = index - 1
            case .lineFeed, .carriageReturn, .space: break
            default: return start
            }
            index -= 1
        }
        return start
    }

    /// Whether the bytes continue padding that has begun.
    static func isOnly(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.allSatisfy { $0 == 0 || $0 == 0x1A || $0.isNewline || $0 == .space }
    }

    /// Takes bytes at the end of what was read so far, and returns how many; the rest is not padding.
    mutating func hold(_ bytes: UnsafeRawBufferPointer) -> Int {
        for (index, byte) in bytes.enumerated() {
            if runs.last?.byte == byte {
                runs[runs.count - 1].count += 1
            } else if runs.count < Self.maximumRuns {
                runs.append(Run(byte: byte, count: 1))
            } else {
                isReleased = true
                return index
            }
        }
        return bytes.count
    }

    mutating func release() { isReleased = true }

    /// Gives released bytes.
    mutating func give(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while filled < buffer.count, var run = runs.first {
            let count = min(run.count, buffer.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
                .initializeMemory(as: UInt8.self, repeating: run.byte)
            filled += count
            run.count -= count
            if run.count == 0 { runs.removeFirst() } else { runs[0] = run }
        }
        if runs.isEmpty { isReleased = false }
        return filled
    }
}
