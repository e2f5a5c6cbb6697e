import DeliveryModel
import Foundation
import Synchronization
import SystemPackage

/// The newest lines of a log that another process writes.
final class LogTail: LogSource {
    private struct State {
        var lines: [LogLine] = []
        var next = 1
        var inode: ino_t?
        var offset = 0
        /// A line that is not complete yet.
        var rest: [UInt8] = []
    }

    private let path: String
    private let state = Mutex(State())
    private static let limit = 2000
    /// Of an older log, this much of its end is read.
    private static let lookBack = 256 << 10

    init(_ path: FilePath) { self.path = path.string }

    func lines(after number: Int) -> [LogLine] {
        state.withLock { state in
            read(&state)
            return state.lines.filter { $0.number > number }
        }
    }

    private func read(_ state: inout State) {
        guard let file = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)) else { return }
        defer { try? file.close() }
        var status = stat()
        guard fstat(file.fileDescriptor, &status) == 0 else { return }
        let size = Int(status.st_size)
        if state.inode != status.st_ino || size < state.offset {
            // Another file has taken its place; its lines follow.
            state.offset = state.inode == nil ? max(0, size - Self.lookBack) : 0
            state.inode = status.st_ino
            state.rest = []
        }
        guard size > state.offset, (try? file.seek(toOffset: UInt64(state.offset))) != nil,
            let data = try? file.read(upToCount: size - state.offset)
        else { return }
        state.offset += data.count
        var lines = (state.rest + data).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        state.rest = lines.popLast().map(Array.init) ?? []
        for line in lines {
            guard let parsed = Self.line(String(decoding: line, as: UTF8.self), number: state.next) else { continue }
            state.lines.append(parsed)
            state.next += 1
        }
        if state.lines.count > Self.limit { state.lines.removeFirst(state.lines.count - Self.limit) }
    }

    /// `2026-11-24T03:00:00Z WARNING text`
    private static func line(_ text: String, number: Int) -> LogLine? {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let time = try? Date(String(parts[0]), strategy: .iso8601),
            let level = LogLine.Level(rawValue: parts[1].lowercased())
        else { return nil }
        return LogLine(number: number, time: time, level: level, text: String(parts[2]))
    }
}
