import Foundation
import UnixSignals

/// What SIGINT and SIGTERM do to a process without a screen: the first ends it in order, the second immediately.
actor StopSignals {
    private let console: Console
    /// The signal that ended the process in order.
    private(set) var received: CInt?
    private var hasBegun = false

    init(console: Console) { self.console = console }

    /// From now on there is something to end in order.
    func began() { hasBegun = true }

    /// Waits for signals until the task is canceled.
    /// - Parameter stop: ends the process' work in order.
    func watch(_ stop: @escaping @Sendable (UnixSignal) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                guard hasBegun, received == nil else {
                    // Nothing began, or it is the second signal: what is journaled is safe, so end immediately.
                    console.setBar("")
                    _exit(128 + signal.rawValue)
                }
                received = signal.rawValue
                console.note("Stopping: waiting for requests in flight. Interrupt again to stop immediately.")
                group.addTask { await stop(signal) }
            }
        }
    }
}
