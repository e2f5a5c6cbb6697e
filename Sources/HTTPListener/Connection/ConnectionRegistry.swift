import NIOCore
import Synchronization

/// The open connections of a listener: asks the books who may come in, and tells the connections what was decided.
final class ConnectionRegistry: Sendable {
    private struct Handle {
        /// Asks the connection to give way; it hops to its event loop by itself.
        let giveWay: @Sendable () -> Void
        /// Interrupted when the listener stops.
        let connection: ListenerConnection
    }

    /// How the wait for a place ended.
    private enum Admission {
        case granted
        case full(retryAfter: Int)
        case gone
    }

    private struct State {
        var connections: ConnectionBook
        var places: PlaceBook
        var handles: [Int: Handle] = [:]
        var queue: [Int: CheckedContinuation<Admission, Never>] = [:]

        mutating func leave(_ number: Int, now: NIODeadline) -> [CheckedContinuation<Admission, Never>] {
            let admitted = places.leave(number, now: now)
            return admitted.isEmpty ? [] : admitted.compactMap { queue.removeValue(forKey: $0) }
        }
    }

    struct Counts {
        var open: Int
        var places: Int
        var uploads: Int
        var queued: Int
        var waitingRecords: Int
        var waitingFiles: Int
    }

    private let queueTime: TimeAmount
    private let maximumLingering: Int
    private let proxies: ProxyPolicy
    private let state: Mutex<State>

    init(limits: ListenerLimits, proxies: ProxyPolicy) {
        self.proxies = proxies
        queueTime = TimeAmount(limits.queueTime)
        maximumLingering = min(limits.openConnections, (limits.sockets ?? .max) / 8)
        state = Mutex(
            State(
                connections: ConnectionBook(limits: ConnectionBook.Limits(limits)),
                places: PlaceBook(limits: PlaceBook.Limits(limits))))
    }

    var openConnections: Int { state.withLock { $0.connections.open } }

    var counts: Counts {
        state.withLock { state in
            Counts(
                open: state.connections.open, places: state.places.taken, uploads: state.places.takenByUploads,
                queued: state.places.queued, waitingRecords: state.connections.waitingRecords,
                waitingFiles: state.connections.waitingFiles)
        }
    }

    // MARK: Sockets

    /// - Returns: whether the connection may stay open.
    func opened(
        _ connection: ListenerConnection, now: NIODeadline, giveWay: @escaping @Sendable () -> Void
    ) -> Bool {
        // Many clients stand behind a proxy.
        let client = proxies.isNamed(connection.client) ? nil : connection.client
        let (opening, victim) = state.withLock { state -> (ConnectionBook.Opening, Handle?) in
            let opening = state.connections.opened(connection.number, client: client, now: now)
            let handle = Handle(giveWay: giveWay, connection: connection)
            guard case .accepted(let victim) = opening else {
                if state.connections.closing < maximumLingering, state.connections.refused(connection.number) {
                    state.handles[connection.number] = handle
                }
                return (opening, nil)
            }
            state.handles[connection.number] = handle
            return (opening, victim.flatMap { state.handles[$0] })
        }
        victim?.giveWay()
        return opening != .refused
    }

    func closed(_ number: Int) {
        let (admitted, waiting) = state.withLock { state in
            state.handles[number] = nil
            state.connections.closed(number)
            _ = state.places.giveUp(number, now: .now())
            return (state.leave(number, now: .now()), state.queue.removeValue(forKey: number))
        }
        waiting?.resume(returning: .gone)
        for place in admitted { place.resume(returning: .granted) }
    }

    func requestBegan(_ number: Int, now: NIODeadline) {
        state.withLock { $0.connections.began(number, now: now) }
    }

    func answered(_ number: Int, now: NIODeadline) {
        let admitted = state.withLock { state in
            state.connections.answered(number, now: now)
            return state.leave(number, now: now)
        }
        for place in admitted { place.resume(returning: .granted) }
    }

    /// The connection is about to end and holds no place any more.
    /// - Returns: whether it may linger until the client has read its answer; a crowd of refused clients may not.
    func closing(_ number: Int) -> Bool {
        let (mayLinger, admitted) = state.withLock { state in
            let isKnown = state.handles[number] != nil
            state.connections.close(number)
            return (isKnown && state.connections.closing <= maximumLingering, state.leave(number, now: .now()))
        }
        for place in admitted { place.resume(returning: .granted) }
        return mayLinger
    }

    // MARK: Places

    /// Takes a place for the connection's request; waits a short time when all are taken.
    /// - Throws: `Refusal` with 503 and an honest `Retry-After` when there is none in time.
    func enter(_ request: ListenerRequest, as kind: PlaceBook.Kind) async throws {
        let connection = request.connection
        let client = request.client
        let number = connection.number
        let isGranted = state.withLock { state in
            guard state.places.enterIfFree(number, client: client, kind: kind) else { return false }
            state.connections.isWorking(number)
            return true
        }
        if isGranted { return }
        let timeout = connection.schedule(in: queueTime) { [self] in waitedLongEnough(number) }
        defer { timeout.cancel() }
        let admission = await withCheckedContinuation { continuation in
            let decided = state.withLock { state -> Admission? in
                guard state.handles[number] != nil else { return .gone }
                switch state.places.enter(number, client: client, kind: kind, now: .now()) {
                case .granted: return .granted
                case .full(let seconds): return .full(retryAfter: seconds)
                case .queued:
                    state.queue[number] = continuation
                    return nil
                }
            }
            if let decided { continuation.resume(returning: decided) }
        }
        switch admission {
        case .granted: state.withLock { $0.connections.isWorking(number) }
        case .gone: throw RequestAborted()
        case .full(let seconds):
            throw Refusal.unavailable(
                kind == .upload
                    ? "Too many uploads are being received." : "Too many requests are being received.",
                retryAfter: seconds)
        }
    }

    private func waitedLongEnough(_ number: Int) {
        let (waiter, seconds) = state.withLock { state in
            (state.queue.removeValue(forKey: number), state.places.giveUp(number, now: .now()) ?? 1)
        }
        waiter?.resume(returning: .full(retryAfter: seconds))
    }

    /// Gives the place back: what is left to do is up to the client.
    func leave(_ number: Int) {
        let admitted = state.withLock { $0.leave(number, now: .now()) }
        for place in admitted { place.resume(returning: .granted) }
    }

    /// Gives the place back, since the request only waits for an outcome.
    /// - Returns: whether it may wait; otherwise too many do, and it gets its answer now.
    func beginWaiting(_ number: Int, for kind: ConnectionBook.WaitKind) -> Bool {
        let (mayWait, admitted) = state.withLock { state in
            guard state.connections.beginWaiting(number, for: kind) else {
                return (false, [CheckedContinuation<Admission, Never>]())
            }
            return (true, state.leave(number, now: .now()))
        }
        for place in admitted { place.resume(returning: .granted) }
        return mayWait
    }

    /// Ends all waits for outcomes, so that the requests behind them can be answered with how things stand.
    func interruptAll() {
        for handle in state.withLock({ Array($0.handles.values) }) { handle.connection.interrupt() }
    }
}

extension PlaceBook.Limits {
    init(_ limits: ListenerLimits) {
        self.init(
            places: limits.places, uploads: limits.uploads, placesPerClient: limits.placesPerClient,
            uploadsPerClient: limits.uploadsPerClient, queue: limits.queue)
    }
}

extension ConnectionBook.Limits {
    init(_ limits: ListenerLimits) {
        // Those that wait for an outcome must not take the place of those who submit.
        let maximum = limits.sockets ?? .max
        let open = max(1, min(limits.openConnections, maximum / 2))
        self.init(
            open: open, openPerClient: max(1, min(limits.openConnectionsPerClient, open * 3 / 4)),
            total: max(open, min(limits.openConnections + limits.waitingRecords + limits.waitingFiles, maximum)),
            waitingRecords: limits.waitingRecords, waitingFiles: limits.waitingFiles,
            grace: TimeAmount(limits.connectionGrace))
    }
}
