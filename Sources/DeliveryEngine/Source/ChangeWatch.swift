import DeliveryModel
import DeliveryStore
import Synchronization

/// Notices that somebody changes a file while it is read: what follows would be read by what stood there before. What is
/// added at its end is not part of what is read, and changes nothing.
final class ChangeWatch: Sendable {
    private struct State {
        var stamp: SourceFile.Stamp
        var isTouched = false
        var hasGrown = false
    }

    private let file: SourceFile
    /// The file as it was when reading began.
    private let known: SourceFingerprint
    /// Where the last line ends that is whole, as far as the file is read: what follows may be half of one that somebody is
    /// writing.
    let wholeLines: Int
    private let state: Mutex<State>

    /// - Parameter size: bytes that are read of the file; all of them when that is `nil`.
    init(_ file: SourceFile, size: Int?) throws(DeliveryError) {
        self.file = file
        let stamp = try file.stamp()
        let end = size ?? stamp.size
        state = Mutex(State(stamp: stamp, hasGrown: stamp.size > end))
        known = try file.fingerprint(of: end)
        wholeLines = try Self.wholeLines(of: file, to: end)
    }

    private static func wholeLines(of file: SourceFile, to end: Int) throws(DeliveryError) -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(end, 128 << 10), alignment: 1)
        defer { buffer.deallocate() }
        let count = buffer.isEmpty ? 0 : try file.read(at: end - buffer.count, into: buffer)
        let isLineEnd: (UInt8) -> Bool = { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        guard count == buffer.count, let last = buffer.lastIndex(where: isLineEnd) else { return end }
        return end - buffer.count + last + 1
    }

    /// Whether anybody wrote to the file since reading began.
    var isTouched: Bool { state.withLock { $0.isTouched } }

    /// Whether the file is longer than what is read of it.
    var hasGrown: Bool { state.withLock { $0.hasGrown } }

    /// To be asked after bytes were read, before anything is made of them.
    /// - Throws: `DeliveryError` of code `source` when the file is another one now, as far as its ends tell.
    func check() throws(DeliveryError) {
        let stamp = try file.stamp()
        guard state.withLock({ $0.stamp != stamp }) else { return }
        // A file that got shorter is told by who reads it.
        if stamp.size >= known.size, try file.fingerprint(of: known.size).digest != known.digest { throw changed }
        state.withLock { state in
            state.stamp = stamp
            state.isTouched = true
            state.hasGrown = stamp.size > known.size
        }
    }

    var changed: DeliveryError {
        DeliveryError(
            .source,
            "\(file.path) was changed while it was being read: nothing more was sent. "
                + "Put the old file back and resume, or start a new run with the changed one.")
    }
}
