import NIOCore

/// What a connection is waiting for, and until when it may. It knows nothing of sockets: events and times go in, what
/// has to be done comes out.
struct ConnectionMachine {
    struct Times: Hashable, Sendable {
        var header: TimeAmount
        var idle: TimeAmount
        var bodyWindow: TimeAmount
        var bodyRate: Int
        /// What a whole body may take, beside a second for each `bodyTimeRate` bytes of it.
        var body: TimeAmount
        var bodyTimeRate: Int
        var answer: TimeAmount
        var linger: TimeAmount

        /// What a body has to bring in one window.
        var windowBytes: Int { Int(Int64(bodyRate) * bodyWindow.nanoseconds / 1_000_000_000) }
        /// Often enough that every time-out is kept within a fourth of itself, and within half a second.
        var tick: TimeAmount {
            let shortest = min(header, idle, bodyWindow, answer, linger).nanoseconds / 4
            return .nanoseconds(max(5_000_000, min(500_000_000, shortest)))
        }
    }

    enum Phase: Equatable {
        /// Between requests, or just connected.
        case idle(until: NIODeadline)
        /// A request has begun.
        case header(until: NIODeadline)
        /// The client may send its body when it is told to.
        case permission
        /// Its body arrives; `received` counts the bytes of the present window.
        case body(windowEnd: NIODeadline, received: Int)
        /// It is complete; the answer is ours to give.
        case answering
        /// The last answer is given; the client may read it and hang up.
        case lingering(until: NIODeadline)
    }

    enum Action: Equatable {
        case nothing
        /// Nothing was asked: hang up without a word.
        case close
        /// Say that the client is too slow, and hang up.
        case refuseAsTooSlow
    }

    private let times: Times
    private(set) var phase: Phase
    /// Since when the client has read too little of its answers for more to be written.
    private var unreadSince: NIODeadline?
    /// When the present body began, how long it says it is, and how much of it has arrived.
    private var bodyBegan: NIODeadline
    private var announcedBytes: Int?
    private var receivedBytes = 0

    init(times: Times, now: NIODeadline) {
        self.times = times
        self.phase = .idle(until: now + times.idle)
        bodyBegan = now
    }

    var isLingering: Bool {
        if case .lingering = phase { true } else { false }
    }

    mutating func bytesArrived(now: NIODeadline) {
        if case .idle = phase { phase = .header(until: now + times.header) }
    }

    /// - Parameters:
    ///   - announcedBytes: the length of the body, if the client says it.
    ///   - awaitsPermission: the client sends its body when it is told to.
    mutating func headerArrived(announcedBytes: Int? = nil, awaitsPermission: Bool = false, now: NIODeadline) {
        if isLingering { return }
        self.announcedBytes = announcedBytes
        receivedBytes = 0
        bodyBegan = now
        phase = awaitsPermission ? .permission : .body(windowEnd: now + times.bodyWindow, received: 0)
    }

    /// The client was told to send its body.
    mutating func permitted(now: NIODeadline) {
        guard case .permission = phase else { return }
        bodyBegan = now
        phase = .body(windowEnd: now + times.bodyWindow, received: 0)
    }

    mutating func bodyArrived(_ bytes: Int, now: NIODeadline) {
        // Some do not wait to be told.
        permitted(now: now)
        receivedBytes += bytes
        if case .body(let end, let received) = phase { phase = .body(windowEnd: end, received: received + bytes) }
    }

    mutating func requestEnded() {
        switch phase {
        case .body, .permission: phase = .answering
        case .idle, .header, .answering, .lingering: break
        }
    }

    mutating func answered(now: NIODeadline) {
        if isLingering { return }
        phase = .idle(until: now + times.idle)
    }

    mutating func lingers(now: NIODeadline) {
        phase = .lingering(until: now + times.linger)
    }

    /// Whether the client reads fast enough for what is to be written.
    mutating func writabilityChanged(_ isWritable: Bool, now: NIODeadline) {
        unreadSince = isWritable ? nil : now
    }

    /// - Parameter isReading: whether we are waiting for the client, and not the client for us.
    mutating func timePassed(now: NIODeadline, isReading: Bool) -> Action {
        if let unreadSince, now - unreadSince >= times.answer { return .close }
        switch phase {
        case .answering, .permission:
            return .nothing
        case .idle(let end), .lingering(let end):
            return now >= end ? .close : .nothing
        case .header(let end):
            return now >= end ? .refuseAsTooSlow : .nothing
        case .body(let end, let received):
            if isReading, now >= bodyEnd { return .refuseAsTooSlow }
            guard now >= end else { return .nothing }
            if isReading, received < times.windowBytes { return .refuseAsTooSlow }
            phase = .body(windowEnd: now + times.bodyWindow, received: 0)
            return .nothing
        }
    }

    /// When the whole body has to be here.
    private var bodyEnd: NIODeadline {
        bodyBegan + times.body + .seconds(Int64((announcedBytes ?? receivedBytes) / times.bodyTimeRate))
    }
}
