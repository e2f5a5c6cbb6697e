import Foundation

/// Runs blocking work on a thread of its own: the pool's few threads must not block, and ncurses belongs to one thread.
/// - Parameter isNice: whether it gives way to everything else.
package func onThread<Value: Sendable>(
    named name: String, isNice: Bool = false, _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread {
            // On Linux this is the calling thread's alone.
            if isNice { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
            continuation.resume(with: Result { try work() })
        }
        thread.name = name
        thread.stackSize = 4 << 20
        thread.start()
    }
}
