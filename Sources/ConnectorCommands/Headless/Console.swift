import ArgumentParser
import DeliveryModel
import Foundation
import Synchronization
import SystemPackage

/// Standard output and standard error: results go to the one, progress and log to the other.
final class Console: Sendable {
    /// The progress bar that stands on the terminal now.
    private let bar = Mutex("")
    /// The newest lines on standard error.
    private let said = Mutex<[String]>([])
    let isTerminal = isatty(STDERR_FILENO) == 1

    /// Writes a result line.
    /// - Throws: `DeliveryError` when standard output is closed or full: a result that nobody gets is a failure.
    static func result(_ line: String) throws(DeliveryError) {
        try result(Array((visible(line) + "\n").utf8))
    }

    /// Text in which nothing moves the cursor, rings the bell, turns the direction of writing, or changes the terminal:
    /// names of files may hold anything.
    /// - Parameter isLine: whether it may not break the line either.
    static func visible(_ text: String, isLine: Bool = false) -> String {
        func isVisible(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "\t" || scalar == "\n" ? !isLine : !scalar.changesTerminal
        }
        if text.unicodeScalars.allSatisfy(isVisible) { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isVisible($0) ? $0 : "\u{fffd}" }))
    }

    /// Writes a part of a result as it is.
    static func result(_ bytes: [UInt8]) throws(DeliveryError) {
        do throws(Errno) {
            try write(bytes, to: STDOUT_FILENO)
        } catch {
            throw DeliveryError(.conflict, "The result can't be written to standard output: \(error).")
        }
    }

    /// Writes a human-readable line, above the progress bar.
    func note(_ text: String) {
        let line = Self.visible(text)
        said.withLock { said in
            said.append(line)
            if said.count > 50 { said.removeFirst() }
        }
        bar.withLock { bar in
            try? Self.write(bar.isEmpty ? line + "\n" : "\r\u{1b}[K\(line)\n\(bar)", to: STDERR_FILENO)
        }
    }

    /// Whether a line ended with this text, such as a line of the log. What ends a run is logged when it happens, and
    /// isn't repeated at the end of the command.
    func hasSaid(_ text: String) -> Bool { said.withLock { said in said.contains { $0.hasSuffix(text) } } }

    /// Whether somebody is there to answer a question.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 }

    /// Asks a question that is answered by yes or no.
    /// - Throws: `ExitCode.failure` unless the answer is yes.
    func confirm(_ question: String) throws {
        note(question + " [y/N]")
        guard ["y", "yes"].contains(readLine()?.lowercased() ?? "") else { throw ExitCode.failure }
    }

    /// Puts the progress bar in place of the one before; an empty text removes it.
    func setBar(_ text: String) {
        bar.withLock { bar in
            if !bar.isEmpty || !text.isEmpty { try? Self.write("\r\u{1b}[K\(text)", to: STDERR_FILENO) }
            bar = text
        }
    }

    private static func write(_ text: String, to descriptor: CInt) throws(Errno) {
        try write(Array(text.utf8), to: descriptor)
    }

    private static func write(_ all: [UInt8], to descriptor: CInt) throws(Errno) {
        var bytes = all[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Errno(rawValue: count < 0 ? errno : EIO) }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Columns of the terminal behind standard error.
    var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}

extension RunSource {
    /// Its name on one line.
    var line: String { Console.visible(text, isLine: true) }
}
