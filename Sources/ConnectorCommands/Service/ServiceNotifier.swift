import DeliveryEngine
import DeliveryModel
import Foundation

/// Tells the supervisor (systemd, or whoever set `NOTIFY_SOCKET`) how the service stands, and shows it that the engine
/// works.
struct ServiceNotifier: Sendable {
    private let socket: NotifySocket?
    /// The supervisor ends a service that is silent for so long.
    private let watchdog: Duration?
    private static let statusInterval: Duration = .seconds(5)

    init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        socket = environment["NOTIFY_SOCKET"].flatMap(NotifySocket.init)
        let isMeant = environment["WATCHDOG_PID"].flatMap { pid_t($0) }.map { $0 == getpid() } ?? true
        watchdog =
            isMeant ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { .microseconds($0) } : nil
    }

    func ready() { send([.ready, .status("Idle")]) }

    func stopping() { send([.stopping, .status("Stopping: requests in flight may end")]) }

    /// Settings are read again.
    func reloading(_ reload: () async -> Void) async {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send([.reloading(monotonicMicroseconds: UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000)])
        await reload()
        send([.ready])
    }

    /// Says what is going on, and that the engine answers, until the task is canceled.
    func report(_ engine: Engine) async {
        guard socket != nil else { return }
        await withDiscardingTaskGroup { group in
            if let watchdog {
                group.addTask {
                    // Twice in the time, so that one that is late is not fatal.
                    repeat {
                        await engine.pulse()
                        send([.watchdog])
                    } while (try? await Task.sleep(for: watchdog / 2)) != nil
                }
            }
            group.addTask {
                var shown = ""
                repeat {
                    let line = ServiceStatus.line(engine.snapshot())
                    if line != shown { send([.status(line)]) }
                    shown = line
                } while (try? await Task.sleep(for: Self.statusInterval)) != nil
            }
        }
    }

    /// A supervisor that is gone misses nothing.
    private func send(_ messages: [NotifySocket.Message]) { try? socket?.send(messages) }
}
