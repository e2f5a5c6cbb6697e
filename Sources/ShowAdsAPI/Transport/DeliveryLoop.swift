public import EventLoopTasks
public import NIOCore
import NIOPosix

/// The thread on which the engine decides, and on which requests leave and their answers are read: none of that costs a
/// change of thread. It is one of those that connections of clients are served on, too, so that a machine of few cores
/// has no more threads than it can run at once.
public enum DeliveryLoop {
    /// The loop that connections to the API and the engine share.
    public static let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
    /// For actors that are at home on it.
    public static let serialExecutor = eventLoop.executor.asUnownedSerialExecutor()
    /// For tasks that run on it as long as they are on no actor's.
    public static let taskExecutor = EventLoopTaskExecutor(eventLoop)
}
