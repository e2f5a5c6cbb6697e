public import EventLoopTasks
public import NIOCore
import NIOPosix

/// The thread on which the engine decides, and on which requests leave and their answers are read: none of that costs a
/// change of thread. There is one for as long as the process lives.
public enum DeliveryLoop {
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// The loop that connections to the API and the engine share.
    public static let eventLoop: any EventLoop = group.any()
    /// For actors that are at home on it.
    public static let serialExecutor = eventLoop.executor.asUnownedSerialExecutor()
    /// For tasks that run on it as long as they are on no actor's.
    public static let taskExecutor = EventLoopTaskExecutor(eventLoop)
}
