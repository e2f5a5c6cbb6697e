public import Logging
import Synchronization

/// What is told when a run has ended: a command, a webhook, or both.
///
/// A run never waits for them and never fails because of them. `notify` only notes what is to be told; `serving` tells
/// it beside the work, a few at a time, and gives what is left at the end a limited time.
public final class HookRunner: Sendable {
    /// What became of the notices, by hook.
    public struct Statistics: Hashable, Sendable {
        public var delivered = 0
        public var failed = 0
        /// Never tried, or cut off at the program's end.
        public var dropped = 0
    }

    /// How many notices of one hook are worked on at a time, so that a slow receiver doesn't hold up all others.
    private static let width = 4
    /// How many may wait; one more is dropped.
    private static let capacity = 10_000

    private let queues: [HookQueue]
    private let grace: Duration

    /// - Parameter grace: how long notices may take after the work has ended.
    public convenience init(
        command: EndCommand?, webhook: Webhook?, logger: Logger, grace: Duration = .seconds(30)
    ) {
        var hooks: [any RunHook] = []
        if let command { hooks.append(command) }
        if let webhook { hooks.append(webhook) }
        self.init(hooks, logger: logger, grace: grace)
    }

    init(_ hooks: [any RunHook], logger: Logger, grace: Duration) {
        queues = hooks.map { HookQueue(hook: $0, logger: logger, capacity: Self.capacity) }
        self.grace = grace
    }

    /// Whether anything is told at all.
    public var isEmpty: Bool { queues.isEmpty }

    public var statistics: Statistics {
        queues.map(\.statistics).reduce(into: Statistics()) { sum, queue in
            sum.delivered += queue.delivered
            sum.failed += queue.failed
            sum.dropped += queue.dropped
        }
    }

    /// Notes a summary that is to be told. Never waits.
    public func notify(_ summary: String) {
        for queue in queues { queue.add(summary) }
    }

    /// Tells what is noted while `body` works, and after it for at most the grace. Can be used once.
    public func serving<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
        guard !isEmpty else { return try await body() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [queues] in
                await withDiscardingTaskGroup { group in
                    for queue in queues { group.addTask { await queue.run(width: Self.width) } }
                }
            }
            do {
                let value = try await body()
                await end(&group)
                return value
            } catch {
                await end(&group)
                throw error
            }
        }
    }

    private func end(_ group: inout ThrowingTaskGroup<Void, any Error>) async {
        for queue in queues { queue.close() }
        group.addTask { [grace] in try? await Task.sleep(for: grace) }
        // Whichever comes first: everything is told, or the time is over.
        _ = try? await group.next()
        group.cancelAll()
        while !group.isEmpty { _ = try? await group.next() }
    }
}

/// Something that takes a run's summary.
protocol RunHook: Sendable {
    /// For the log, free of secrets.
    var label: String { get }
    /// Throws what went wrong, in words. A canceled task gives up soon.
    func tell(_ summary: String) async throws
}

/// Why a hook could not be told.
struct HookFault: Error, CustomStringConvertible {
    let description: String
}

/// The notices of one hook, in the order of the runs' ends.
private final class HookQueue: Sendable {
    private let hook: any RunHook
    private let logger: Logger
    private let notices: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    private let counts = Mutex(HookRunner.Statistics())

    init(hook: any RunHook, logger: Logger, capacity: Int) {
        self.hook = hook
        self.logger = logger
        (notices, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(capacity))
    }

    var statistics: HookRunner.Statistics { counts.withLock { $0 } }

    func add(_ summary: String) {
        if case .enqueued = continuation.yield(summary) { return }
        counts.withLock { $0.dropped += 1 }
        logger.warning("\(hook.label): too many runs wait to be reported; one was dropped")
    }

    func close() { continuation.finish() }

    /// Tells everything until the queue is closed and empty, or the task is canceled.
    func run(width: Int) async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<width {
                group.addTask { [self] in
                    for await notice in notices { await tell(notice) }
                }
            }
        }
        let left = await remainder()
        guard left > 0 else { return }
        counts.withLock { $0.dropped += left }
        logger.warning("\(hook.label): \(left) ended \(left == 1 ? "run was" : "runs were") not reported: out of time")
    }

    private func tell(_ notice: String) async {
        do {
            try await hook.tell(notice)
            counts.withLock { $0.delivered += 1 }
        } catch {
            let isCut = Task.isCancelled
            counts.withLock { counts in
                if isCut { counts.dropped += 1 } else { counts.failed += 1 }
            }
            logger.warning("\(hook.label): \(isCut ? "ended early, out of time: " : "")\(error)")
        }
    }

    /// What nobody took before the task was canceled. A stream gives nothing to a canceled task, so it is asked in
    /// one of its own.
    private func remainder() async -> Int {
        let notices = notices
        return await Task.detached { await notices.reduce(into: 0) { count, _ in count += 1 } }.value
    }
}
