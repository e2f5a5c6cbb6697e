#if PostgreSQL
import DeliveryModel
import Foundation
import Logging

/// Divides the limits with the other nodes, and tells them and hears from them what the API asked for.
extension PostgresJournal {
    /// Takes part until the task is canceled.
    func share(_ work: any NodeWork, _ identity: NodeIdentity, _ logger: Logger) async {
        var round = SharingState(node: membership.id)
        var (wait, rings, mayHurry) = (Duration.zero, 0, true)
        // Nodes that meet at the same change would only meet again if they hurried.
        while await mayHurry ? bells[.limits].wait(after: rings, atMost: wait) : sleep(for: wait) {
            (rings, mayHurry) = (bells[.limits].rings, true)
            do {
                let hasWritten = try await share(work, identity, &round, logger)
                round.isFaulty = false
                if contact.found() {
                    logger.notice("the shared journal is back")
                    await work.showAbsence()
                }
                wait = hasWritten ? .zero : .milliseconds(work.isBusy ? 100 : 500)
            } catch {
                (wait, mayHurry) = (.milliseconds(Int.random(in: 10...100)), false)
                // Another node was faster: this one looks again at what that wrote.
                if (error as? PostgreSQLFault)?.isTransient == true { continue }
                // It left, or was taken over: its next round is another node's.
                if (error as? PostgreSQLFault)?.code == PostgreSQLFault.nodeIsGone { continue }
                wait = .milliseconds(500)
                if (error as? PostgreSQLFault)?.isConnectionLost == true {
                    guard contact.lost(describe(error)) else { continue }
                    logger.error("\(describe(error).message) What was accepted waits for it.")
                    await work.showAbsence()
                } else {
                    if !round.isFaulty { logger.warning("the limits can't be divided: \(describe(error))") }
                    round.isFaulty = true
                }
            }
        }
    }

    /// - Returns: whether it has changed something that it may now read.
    private func share(
        _ work: any NodeWork, _ identity: NodeIdentity, _ round: inout SharingState, _ logger: Logger
    ) async throws -> Bool {
        let node = membership.id
        if node != round.seat.node || !membership.isMember {
            // Whoever took over has taken its share, too.
            if round.share != NodeShare.none { await work.use(.none, of: round.stored ?? identity.limits) }
            round = SharingState(node: node)
            guard membership.isMember else {
                // The heartbeat joins again, and has to know whether there is a database.
                try await sharing.perform { seat in
                    try seat.use { _ = try $0.run("SELECT 1", within: SharedLimits.patience) }
                }
                return false
            }
        }
        let api = work.apiAddress
        let (read, pause) = try await sharing.perform { seat in
            try seat.use { (try SharedLimits.read($0), try APIPause.read($0, of: api)) }
        }
        if let pause, round.pauses.updateValue(pause.revision, forKey: pause.api) != pause.revision, pause.left > .zero
        {
            await work.throttle(for: pause.left)
        }
        try await shareRate(work, &round, of: api)
        let operatorWants = await work.limits()
        let wanted = round.kept.flatMap { $0 == operatorWants ? nil : operatorWants }
        if let limits = read.limits, read.window != nil, wanted == nil {
            let share = ownShare(of: node, read, limits, isNew: limits != round.stored, logger)
            if share != round.share || limits != round.stored {
                await work.use(share, of: limits)
                logger.info("may use \(share) of \(limits)")
            }
            if round.stored == nil { Self.warn(of: identity.given.differences(from: limits), logger) }
            (round.share, round.stored, round.kept) = (share, limits, await work.limits())
            round.seat.apply(read)
        }
        if read.limits?.dailyLimit != nil, round.countsAgain < .now {
            await work.refreshSentToday()
            round.countsAgain = .now + .milliseconds(300)
        }
        let situation = ShareSeat.Situation(inFlight: await work.requestsInFlight(), isBusy: work.isBusy)
        guard let next = round.seat.step(read, situation, wanted: wanted, own: identity.limits, now: .now) else {
            return false
        }
        try await sharing.perform { seat in
            try seat.use { session in
                do {
                    _ = try session.run(next.changes(from: read, by: node), within: SharedLimits.patience)
                } catch {
                    if (error as? PostgreSQLFault)?.isConnectionLost != true { _ = try? session.run("ROLLBACK") }
                    throw error
                }
            }
        }
        if let wanted { (round.stored, round.kept) = (wanted, wanted) }
        return true
    }

    /// Tells the other nodes what this one has learned about the API's rate, and uses what they have.
    private func shareRate(_ work: any NodeWork, _ round: inout SharingState, of api: String?) async throws {
        let node = membership.id
        if api != round.rateOf {
            if let old = round.rateOf, round.told != nil {
                try await sharing.perform { seat in
                    try seat.use { try LearnedRates.write($0, nil, of: old, by: node) }
                }
            }
            (round.rates, round.rateOf, round.told) = (LearnedRates(), api, nil)
        }
        guard let api else { return }
        let now = ContinuousClock.now
        if work.isBusy { round.busyUntil = now + ShareSeat.restLength }
        let others = try await sharing.perform { seat in
            try seat.use { try LearnedRates.read($0, of: api, besides: node) }
        }
        let change = round.rates.look(at: others, rate: await work.learnedRate(), isBusy: now < round.busyUntil)
        if let change { await work.apply(change) }
        let own = round.rates.own
        guard round.mustTell(own, now: now) else { return }
        let isNews = (own == nil) != (round.told == nil)
        try await sharing.perform { seat in
            try seat.use { session in
                try LearnedRates.write(session, own, of: api, by: node)
                if isNews { _ = try session.run([News.limits.announcement]) }
            }
        }
        (round.told, round.tellsAgain) = (own, now + SharingState.tellingInterval)
    }

    /// Nothing, when this node can't tell in which hours it may send.
    private func ownShare(
        of node: String, _ read: SharedLimits, _ limits: ClusterLimits, isNew: Bool, _ logger: Logger
    ) -> NodeShare {
        guard let window = limits.window, SendWindow(argument: window) == nil else { return read.share(of: node) }
        if isNew { logger.error("nothing is sent from here, since the send window of the nodes is unknown: \(window)") }
        return .none
    }

    private static func warn(of differences: [String], _ logger: Logger) {
        for difference in differences {
            logger.warning("\(difference), which applies until `data-connector nodes set` changes it")
        }
    }

    /// The API asked to be left alone: the other nodes hear of it, too.
    public func note(pause: Duration, of api: String) {
        sharing.submit { seat in
            // Without it each node hears of it from the API itself.
            _ = try? seat.get().use { try APIPause.write($0, pause, of: api) }
        }
    }
}

/// What a node remembers from one look at the limits to the next.
private struct SharingState {
    var seat: ShareSeat
    /// What the engine was told last, and how it says that itself: another value is an operator's of this node.
    var share: NodeShare?
    var stored: ClusterLimits?
    var kept: ClusterLimits?
    /// The pauses that the engine has heard of, by API.
    var pauses: [String: Int64] = [:]
    /// What is known of the rate, of which API, and what of it the others were told.
    var rates = LearnedRates()
    var rateOf: String?
    var told: LearnedRates.Report?
    var tellsAgain = ContinuousClock.now
    /// Until when this node counts as one that sends.
    var busyUntil = ContinuousClock.now
    var isFaulty = false
    /// When what the other nodes sent today is counted again.
    var countsAgain = ContinuousClock.now

    static let tellingInterval = Duration.seconds(1)

    init(node: String) { seat = ShareSeat(node: node) }

    /// Whether the others have to know: immediately when this node begins or stops to share, otherwise only now and then.
    func mustTell(_ own: LearnedRates.Report?, now: ContinuousClock.Instant) -> Bool {
        guard let own, let told else { return own != told }
        return now >= tellsAgain && (own.taken != told.taken || abs(own.rate - told.rate) > told.rate / 50)
    }
}
#endif
