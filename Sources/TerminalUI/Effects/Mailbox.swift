import Foundation
import Synchronization
import TerminalKit

/// What the tasks tell the thread of the screen, and the pipe that wakes it.
final class Mailbox: Sendable {
    private struct State {
        var events: [Event] = []
        var isWoken = false
    }

    private let state = Mutex(State())
    let readEnd: Int32
    let writeEnd: Int32

    /// - Throws: an error of the operating system when no pipe can be made.
    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func post(_ event: Event) {
        let mustWake = state.withLock { state -> Bool in
            // Of snapshots only the newest counts.
            if case .engine = event, case .engine = state.events.last { state.events.removeLast() }
            state.events.append(event)
            defer { state.isWoken = true }
            return !state.isWoken
        }
        guard mustWake else { return }
        var byte: UInt8 = 0
        _ = write(writeEnd, &byte, 1)
    }

    func take() -> [Event] {
        state.withLock { state in
            state.isWoken = false
            defer { state.events = [] }
            return state.events
        }
    }

    /// The signals that came since the last call; the bytes of `post` are 0.
    func drainPipe() -> [Int32] {
        var signals: [Int32] = []
        var bytes = [UInt8](repeating: 0, count: 256)
        while true {
            let count = Foundation.read(readEnd, &bytes, bytes.count)
            guard count > 0 else { return signals }
            signals += bytes.prefix(count).filter { $0 != 0 }.map(Int32.init)
        }
    }
}
