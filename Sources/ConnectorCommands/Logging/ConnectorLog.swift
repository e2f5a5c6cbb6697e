import DeliveryModel
import Foundation
import Logging
import Synchronization
import SystemPackage

/// The program's log: a file in the state directory, standard error where nothing else owns the terminal, and the
/// newest lines in memory for the screen.
final class ConnectorLog: LogSource, Sendable {
    private struct State: ~Copyable {
        var lines: [LogLine] = []
        var next = 1
        var file: RotatingFile?
        /// Writes a line where a person sees it; `nil` while the terminal belongs to the UI.
        var console: (@Sendable (String) -> Void)?
    }

    private let state = Mutex(State())
    private static let limit = 2000

    /// Begins to write to a file. A log that can't be opened is no reason not to deliver.
    func open(_ path: FilePath) {
        state.withLock { $0.file = try? RotatingFile(path) }
    }

    func setConsole(_ console: (@Sendable (String) -> Void)?) {
        state.withLock { $0.console = console }
    }

    func lines(after number: Int) -> [LogLine] {
        state.withLock { state in
            guard let first = state.lines.first else { return [] }
            return Array(state.lines.dropFirst(max(0, number + 1 - first.number)))
        }
    }

    /// - Parameter onScreenOnly: whether it is below what the file takes.
    func add(_ level: Logger.Level, _ text: String, onScreenOnly: Bool = false) {
        // What names of files may hold must not make a second line.
        let text = Console.visible(text, isLine: true)
        let time = Date()
        let written = "\(time.formatted(.iso8601)) \(level.line.rawValue.uppercased()) \(text)"
        let console = state.withLock { state in
            state.lines.append(LogLine(number: state.next, time: time, level: level.line, text: text))
            state.next += 1
            if state.lines.count > Self.limit { state.lines.removeFirst(Self.limit / 4) }
            guard !onScreenOnly else { return nil as (@Sendable (String) -> Void)? }
            state.file?.append(Array((written + "\n").utf8))
            return state.console
        }
        console?(SystemJournal.readsStandardError ? SystemJournal.line(level, text) : written)
    }

    /// A logger for a part of the program.
    func logger(_ label: String, level: LogLevel) -> Logger {
        var logger = Logger(label: label) { [self] _ in Handler(log: self) }
        logger.logLevel = level.logger
        return logger
    }

    private struct Handler: LogHandler {
        let log: ConnectorLog
        var logLevel = Logger.Level.warning
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let extra = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            log.add(event.level, "\(event.message)\(extra)")
        }
    }
}
