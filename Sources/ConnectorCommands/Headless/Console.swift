import Foundation
import Synchronization

/// Standard output and standard error: results go to the one, progress and log to the other.
final class Console: Sendable {
    /// The progress bar that stands on the terminal now.
    private let bar = Mutex("")
    let isTerminal = isatty(STDERR_FILENO) == 1

    /// Writes a result line.
    static func result(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    /// Writes a line for people, above the progress bar.
    func note(_ line: String) {
        bar.withLock { bar in
            Self.write(bar.isEmpty ? line + "\n" : "\r\u{1b}[K\(line)\n\(bar)", to: STDERR_FILENO)
        }
    }

    /// Puts the progress bar in place of the one before; an empty text removes it.
    func setBar(_ text: String) {
        bar.withLock { bar in
            if !bar.isEmpty || !text.isEmpty { Self.write("\r\u{1b}[K\(text)", to: STDERR_FILENO) }
            bar = text
        }
    }

    static func write(_ text: String, to descriptor: CInt) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Columns of the terminal behind standard error.
    var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
