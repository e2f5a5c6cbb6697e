import NIOCore
import Synchronization

/// The open connections, and who gives way when there are too many.
///
/// Two limits stand against slow clients. Sockets without a complete request are many and cheap: when one too many is
/// opened, the one that has waited longest is closed. Requests that are worked on are few: when one too many arrives,
/// a request whose body has stalled gives way, and only if there is none is the new one refused. The same holds among
/// uploads, which are fewer still. So clients that dribble can hold no kind of place against one that sends its request
/// at once.
final class ConnectionRegistry: Sendable {
    enum Admission: Equatable {
        case admitted
        case full
    }

    private enum Phase {
        case waiting(since: NIODeadline)
        case receiving(since: NIODeadline, received: Int, last: NIODeadline)
        /// The request is complete or well under way.
        case working
        case closing

        var isActive: Bool {
            switch self {
            case .receiving, .working: true
            case .waiting, .closing: false
            }
        }
    }

    private struct Entry {
        var phase: Phase
        /// Whether its request takes one of the places of uploads.
        var isUpload = false
        /// Asks the connection to give way; it hops to its event loop by itself.
        let giveWay: @Sendable () -> Void
        /// Ends whatever the connection's request is waiting for.
        let connection: ListenerConnection
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var active = 0
        var closing = 0

        mutating func closeLongestWaiting() -> Entry? {
            var longest: (number: Int, since: NIODeadline)?
            for (number, entry) in entries {
                if case .waiting(let since) = entry.phase, longest.map({ since < $0.since }) ?? true {
                    longest = (number, since)
                }
            }
            return longest.flatMap { close($0.number) }
        }

        mutating func closeMostStalled(now: NIODeadline, amongUploads: Bool) -> Entry? {
            var worst: (number: Int, rate: Double)?
            for (number, entry) in entries where entry.isUpload || !amongUploads {
                guard case .receiving(let since, let received, let last) = entry.phase,
                    now - last >= ConnectionRegistry.stall
                else { continue }
                let rate = Double(received) / Double((now - since).nanoseconds)
                if worst.map({ rate < $0.rate }) ?? true { worst = (number, rate) }
            }
            return worst.flatMap { close($0.number) }
        }

        private mutating func close(_ number: Int) -> Entry? {
            guard let entry = entries[number] else { return nil }
            if entry.phase.isActive { active -= 1 }
            entries[number]?.phase = .closing
            closing += 1
            return entry
        }
    }

    /// A body that has brought so much is no stalled one. More than the body of a single record may have, so that only
    /// uploads, which are few, can be slow and keep their place.
    private static let establishedBytes = 128 * 1024
    /// How long a body must have been silent to count as stalled when places are short. Clients send the beginning of a
    /// body together with the header, or right after it.
    private static let stall = TimeAmount.milliseconds(5)

    private let maximumActive: Int
    private let maximumOpen: Int
    private let state = Mutex(State())

    init(maximumActive: Int, maximumOpen: Int) {
        self.maximumActive = maximumActive
        self.maximumOpen = maximumOpen
    }

    var openConnections: Int { state.withLock { $0.entries.count } }

    func opened(_ connection: ListenerConnection, now: NIODeadline, giveWay: @escaping @Sendable () -> Void) {
        let victim = state.withLock { state -> Entry? in
            var victim: Entry?
            if state.entries.count - state.closing >= maximumOpen {
                victim = state.closeLongestWaiting()
            }
            state.entries[connection.number] = Entry(
                phase: .waiting(since: now), giveWay: giveWay, connection: connection)
            return victim
        }
        victim?.giveWay()
    }

    func closed(_ number: Int) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: number) else { return }
            if entry.phase.isActive { state.active -= 1 }
            if case .closing = entry.phase { state.closing -= 1 }
        }
    }

    /// A header is complete: may its request be worked on?
    /// - Parameter isExempt: it is so cheap and so needed that it always may.
    func admit(_ number: Int, isExempt: Bool, now: NIODeadline) -> Admission {
        let (admission, victim) = state.withLock { state -> (Admission, Entry?) in
            guard var entry = state.entries[number], case .waiting = entry.phase else { return (.full, nil) }
            var victim: Entry?
            if state.active >= maximumActive, !isExempt {
                victim = state.closeMostStalled(now: now, amongUploads: false)
                if victim == nil { return (.full, nil) }
            }
            entry.phase = .receiving(since: now, received: 0, last: now)
            state.entries[number] = entry
            state.active += 1
            return (.admitted, victim)
        }
        victim?.giveWay()
        return admission
    }

    /// The request is an upload and takes a place among them.
    func takesUploadPlace(_ number: Int) {
        state.withLock { $0.entries[number]?.isUpload = true }
    }

    /// Makes a stalled upload give way to one more.
    /// - Returns: whether there was one.
    func closeStalledUpload(now: NIODeadline) -> Bool {
        let victim = state.withLock { $0.closeMostStalled(now: now, amongUploads: true) }
        victim?.giveWay()
        return victim != nil
    }

    /// Bytes of a body arrived. Returns whether it is established, so that nobody needs to be told of more.
    func received(_ bytes: Int, on number: Int, now: NIODeadline) -> Bool {
        state.withLock { state in
            guard case .receiving(let since, let received, _) = state.entries[number]?.phase else { return true }
            let isEstablished = received + bytes >= Self.establishedBytes
            state.entries[number]?.phase =
                isEstablished ? .working : .receiving(since: since, received: received + bytes, last: now)
            return isEstablished
        }
    }

    func requestEnded(_ number: Int) {
        state.withLock { state in
            if case .receiving = state.entries[number]?.phase { state.entries[number]?.phase = .working }
        }
    }

    func answered(_ number: Int, now: NIODeadline) {
        state.withLock { state in
            guard let entry = state.entries[number], entry.phase.isActive else { return }
            state.entries[number]?.phase = .waiting(since: now)
            state.entries[number]?.isUpload = false
            state.active -= 1
        }
    }

    /// The connection is about to end and holds no place any more.
    /// - Returns: whether it may linger until the client has read its answer; a crowd of refused clients may not.
    func closing(_ number: Int) -> Bool {
        state.withLock { state in
            guard let entry = state.entries[number] else { return false }
            if case .closing = entry.phase { return false }
            if entry.phase.isActive { state.active -= 1 }
            state.entries[number]?.phase = .closing
            state.closing += 1
            return state.closing <= maximumOpen / 4
        }
    }

    /// Ends all waits for outcomes, so that the requests behind them can be answered with how things stand.
    func interruptAll() {
        for entry in state.withLock({ Array($0.entries.values) }) { entry.connection.interrupt() }
    }
}
