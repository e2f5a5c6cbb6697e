import Foundation

/// Threads for what waits for the disk: the shared ones are as few as the processors, and whoever waits on one of them
/// keeps everything else from it.
final class DiskThreads: Sendable {
    private let operations = OperationQueue()

    init(count: Int) { operations.maxConcurrentOperationCount = count }

    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            operations.addOperation { continuation.resume(with: Result { try body() }) }
        }
    }
}
