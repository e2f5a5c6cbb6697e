import DeliveryModel
import Foundation
import UnixSignals

/// What SIGINT and SIGTERM do to a process without a screen: the first ends it in order, the second immediately. SIGHUP
/// does the same to a command, whose terminal is gone; a service reads its settings again.
actor StopSignals {
    private let console: Console
    private let signals: [UnixSignal]
    /// The signal that ended the process in order.
    private(set) var received: CInt?
    private var hasBegun = false
    /// What is being delivered now.
    private var run: RunID?
    /// Options to repeat in the suggested command.
    private let options: String

    init(console: Console, endsOnHangup: Bool = false, options: String = "") {
        self.console = console
        self.options = options
        signals = Self.ending(onHangup: endsOnHangup)
    }

    /// Those that end the process.
    static func ending(onHangup: Bool) -> [UnixSignal] {
        [.sigint, .sigterm] + (onHangup && !ignoresHangup ? [.sighup] : [])
    }

    /// As `nohup` has it.
    private static var ignoresHangup: Bool {
        var action = sigaction()
        return sigaction(SIGHUP, nil, &action) == 0
            && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
                == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// From now on there is something to end in order: a run, or what comes after it.
    func began(_ run: RunID? = nil) {
        hasBegun = true
        self.run = run
    }

    /// Waits for signals until the task is canceled.
    /// - Parameter stop: ends the process' work in order.
    func watch(_ stop: @escaping @Sendable (UnixSignal) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for await signal in await UnixSignalsSequence(trapping: signals) {
                guard hasBegun, received == nil else {
                    // Nothing began, or it is the second signal: what is journaled is safe, so end immediately.
                    console.setBar("")
                    if let run { console.note("Interrupted. Resume with: data-connector resume \(run)\(options)") }
                    _exit(128 + signal.rawValue)
                }
                received = signal.rawValue
                console.note("Stopping: waiting for requests in flight. Interrupt again to stop immediately.")
                group.addTask { await stop(signal) }
            }
        }
    }
}
