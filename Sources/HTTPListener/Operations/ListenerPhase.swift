import Synchronization

/// Where the service is in its life, for `/ready`.
final class ListenerPhase: Sendable {
    enum Phase: Equatable {
        /// It listens already, and what an earlier process accepted is being resumed.
        case starting
        case serving
        case stopping
    }

    private let phase: Mutex<Phase>

    init(_ phase: Phase) {
        self.phase = Mutex(phase)
    }

    var current: Phase { phase.withLock { $0 } }

    func becomes(_ next: Phase) { phase.withLock { $0 = next } }
}
