import NIOCore

/// Decides which sockets may be open, and which one is closed when there are too many. Pure, like `PlaceBook`.
///
/// Sockets that wait for the outcome of what they submitted are counted apart: an outage fills them up, and must not
/// keep others out. Of the rest, one between two requests gives way to a new one. A request that is on its way is never
/// cut off for another client; only a client with more than its share closes its own oldest. Who has just come, and whose
/// request may have arrived unread, has a moment's grace: in a burst it is the last ones that are refused.
struct ConnectionBook {
    /// What a client waits for.
    enum WaitKind: Hashable {
        case record
        case file
    }

    enum Opening: Equatable {
        /// - Parameter victim: the connection that gives way to it.
        case accepted(victim: Int?)
        case refused
    }

    struct Limits: Hashable {
        /// Sockets that do not wait for an outcome.
        var open: Int
        /// How many of them one client may have.
        var openPerClient: Int
        /// All sockets, those that wait for an outcome included.
        var total: Int
        var waitingRecords: Int
        var waitingFiles: Int
        /// How long a new connection, or a request that has begun, is not taken for a slow one.
        var grace: TimeAmount
    }

    private enum Stage: Equatable {
        /// It has not sent anything.
        case connected(since: NIODeadline)
        /// Between two requests.
        case idle(since: NIODeadline)
        /// A request is on its way.
        case arriving(since: NIODeadline)
        /// It is complete, or is an upload with a place.
        case working
        /// It is durable, and the client wants to hear what becomes of it.
        case waiting(WaitKind)
        case closing
    }

    private struct Entry {
        let client: String?
        var stage: Stage
    }

    private let limits: Limits
    private var entries: [Int: Entry] = [:]
    private var counted = 0
    private var perClient: [String: Int] = [:]
    private(set) var waitingRecords = 0
    private(set) var waitingFiles = 0
    private(set) var closing = 0

    init(limits: Limits) {
        self.limits = limits
    }

    var open: Int { entries.count }

    /// - Parameter client: whose share it is taken from; `nil` has no limit of its own.
    mutating func opened(_ number: Int, client: String?, now: NIODeadline) -> Opening {
        var victim: Int?
        if let client, perClient[client, default: 0] >= limits.openPerClient {
            victim = oldest(of: client, now: now)
            if victim == nil { return .refused }
        } else if counted >= limits.open || entries.count >= limits.total {
            victim = longestIdle(now: now)
            if victim == nil { return .refused }
        }
        if let victim { close(victim) }
        entries[number] = Entry(client: client, stage: .connected(since: now))
        count(client)
        return .accepted(victim: victim)
    }

    /// It gets an answer that says so.
    /// - Returns: whether there is a socket left for it until it hangs up.
    mutating func refused(_ number: Int) -> Bool {
        guard entries.count < limits.total else { return false }
        entries[number] = Entry(client: nil, stage: .closing)
        closing += 1
        return true
    }

    mutating func closed(_ number: Int) {
        close(number)
        if entries.removeValue(forKey: number) != nil { closing -= 1 }
    }

    /// The first bytes of a request arrived.
    mutating func began(_ number: Int, now: NIODeadline) {
        switch entries[number]?.stage {
        case .connected, .idle: entries[number]?.stage = .arriving(since: now)
        case .arriving, .working, .waiting, .closing, nil: break
        }
    }

    /// The request is complete, or is an upload that has its place.
    mutating func isWorking(_ number: Int) {
        guard case .arriving = entries[number]?.stage else { return }
        entries[number]?.stage = .working
    }

    /// - Returns: whether it may wait; otherwise too many do already.
    mutating func beginWaiting(_ number: Int, for kind: WaitKind) -> Bool {
        guard let entry = entries[number] else { return false }
        switch entry.stage {
        case .waiting: return true
        case .connected, .idle, .closing: return false
        case .arriving, .working: break
        }
        switch kind {
        case .record:
            guard waitingRecords < limits.waitingRecords else { return false }
            waitingRecords += 1
        case .file:
            guard waitingFiles < limits.waitingFiles else { return false }
            waitingFiles += 1
        }
        entries[number]?.stage = .waiting(kind)
        uncount(entry.client)
        return true
    }

    /// It has its answer and may send the next request.
    mutating func answered(_ number: Int, now: NIODeadline) {
        guard let entry = entries[number], entry.stage != .closing else { return }
        endWait(entry)
        entries[number]?.stage = .idle(since: now)
    }

    /// It gets its last answer, or none.
    mutating func close(_ number: Int) {
        guard let entry = entries[number], entry.stage != .closing else { return }
        endWait(entry)
        uncount(entry.client)
        entries[number]?.stage = .closing
        closing += 1
    }

    private mutating func endWait(_ entry: Entry) {
        guard case .waiting(let kind) = entry.stage else { return }
        switch kind {
        case .record: waitingRecords -= 1
        case .file: waitingFiles -= 1
        }
        count(entry.client)
    }

    private mutating func count(_ client: String?) {
        counted += 1
        if let client { perClient[client, default: 0] += 1 }
    }

    private mutating func uncount(_ client: String?) {
        counted -= 1
        guard let client else { return }
        let left = perClient[client, default: 1] - 1
        perClient[client] = left > 0 ? left : nil
    }

    private func longestIdle(now: NIODeadline) -> Int? {
        longest { idleTime($0, now: now) }
    }

    private func idleTime(_ entry: Entry, now: NIODeadline) -> NIODeadline? {
        switch entry.stage {
        case .idle(let since): since
        case .connected(let since): since + limits.grace <= now ? since : nil
        case .arriving, .working, .waiting, .closing: nil
        }
    }

    /// The client's own connection that has waited longest without a complete request, an idle one before others.
    private func oldest(of client: String, now: NIODeadline) -> Int? {
        let idle = longest { $0.client == client ? idleTime($0, now: now) : nil }
        if let idle { return idle }
        return longest { entry in
            guard entry.client == client, case .arriving(let since) = entry.stage else { return nil }
            return since + limits.grace <= now ? since : nil
        }
    }

    private func longest(_ since: (Entry) -> NIODeadline?) -> Int? {
        var longest: (number: Int, since: NIODeadline)?
        for (number, entry) in entries {
            if let time = since(entry), longest.map({ time < $0.since }) ?? true { longest = (number, time) }
        }
        return longest?.number
    }
}
