import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import ShowAdsAPI

/// What keeps runs from continuing, and for how long that is tolerated.
extension DeliveryScheduler {
    /// How long a run of a service waits after a fault that only somebody else can fix, at first and at most.
    static let firstHold = Duration.seconds(30)
    static let longestHold = Duration.seconds(600)

    // MARK: Shown holds

    /// Tells the runs, and so the screens and the journal, that the API holds them back, or that it does no more.
    mutating func showHolds(at moment: Moment) {
        let before = (shownHold, shownHoldPastWindow)
        shownHold = hold(at: moment)
        shownHoldPastWindow = hold(at: moment, isPastWindow: true)
        guard before != (shownHold, shownHoldPastWindow) else { return }
        for id in roundRobin {
            guard let run = runs[id], !run.machine.isEnding else { continue }
            let (old, new) = run.passesWindow ? (before.1, shownHoldPastWindow) : (before.0, shownHold)
            guard new != old else { continue }
            tell(id, new.map { held($0, at: moment) } ?? .released, at: moment)
            if let new {
                run.statistics.add(.warning, words(new, at: moment), at: moment.date)
            } else {
                run.statistics.add(.info, Self.relief(after: old), at: moment.date)
            }
            recordState(of: run)
        }
        act(.publish)
    }

    /// Has the journal know what a run does that can be continued in place. A run whose end is due waits for its last
    /// acknowledgement: the journal must not call it done before it has that.
    mutating func recordState(of run: DeliveryRun) {
        guard run.machine.isRunnable, run.machine.final == nil else { return }
        record([.state(run.id, run.machine.state, endedAt: nil)])
    }

    /// Says in the log of a service what holds its runs back: once, then once a minute, and that it is over. A command
    /// that delivers one file says it by itself.
    mutating func sayHold(at moment: Moment) {
        guard policy.giveUpAfter == nil else { return }
        guard let hold = shownHold, hold.isFault else {
            if saidHold != nil, !pacing.isTroubled {
                saidHold = nil
                act(.log(.notice, "the API is responding again"))
            }
            return
        }
        guard !roundRobin.isEmpty else { return }
        let reason = reason(hold, at: moment)
        if let saidHold, moment.instant - saidHold.at < .seconds(saidHold.reason == reason ? 60 : 10) { return }
        saidHold = (reason, moment.instant)
        act(.log(.warning, reason.hasSuffix(".") ? "\(reason) Runs wait for it." : "\(reason); runs wait for it"))
    }

    private static func relief(after hold: Pacing.Hold?) -> String {
        switch hold {
        case .window: "the send window is open"
        case .dailyLimit: "a new day has begun"
        case .throttled: "the pause that the API asked for is over"
        case .unavailable, .misconfigured, nil: "the API is responding again"
        }
    }

    /// Why nothing leaves now.
    /// - Parameter isPastWindow: whether it is about runs that are sent although the send window is closed.
    func hold(at moment: Moment, isPastWindow: Bool = false) -> Pacing.Hold? {
        plannedHold(at: moment, isPastWindow: isPastWindow) ?? pacing.hold(now: moment.instant)
    }

    /// What the operator wants to be waited for.
    private func plannedHold(at moment: Moment, isPastWindow: Bool = false) -> Pacing.Hold? {
        if !isPastWindow, let opens = windowOpens(at: moment) { return .window(opens: opens) }
        guard let daily, let end = dailyLimitEnds(at: moment) else { return nil }
        return .dailyLimit(sent: daily.sent, until: end)
    }

    func held(_ hold: Pacing.Hold, at moment: Moment) -> RunMachine.Event {
        .held(hold.kind, reason: reason(hold, at: moment), until: end(of: hold, at: moment))
    }

    func end(of hold: Pacing.Hold, at moment: Moment) -> Date? {
        switch hold {
        case .window(let opens): opens
        case .dailyLimit(_, let end): end
        case .throttled, .unavailable, .misconfigured: hold.until.map { moment.date(of: $0) }
        }
    }

    func reason(_ hold: Pacing.Hold, at moment: Moment) -> String {
        switch hold {
        case .window(let opens): windowReason(opens: opens, at: moment.date)
        case .dailyLimit(_, let end): dailyReason(until: end, at: moment.date)
        // Not known when it was asked before this process began, or of another one.
        case .throttled: "the API asked for a pause" + (lastFault.map { " (\($0.label))" } ?? "")
        case .unavailable: lastFault?.hold ?? "API unavailable"
        case .misconfigured(let message, _): message
        }
    }

    private func words(_ hold: Pacing.Hold, at moment: Moment) -> String {
        let time = end(of: hold, at: moment)?.formatted(.iso8601.time(includingFractionalSeconds: false))
        return switch hold {
        case .throttled: "waiting until \(time ?? ""): the API asked for a pause"
        case .unavailable(.some): "waiting until \(time ?? ""): \(reason(hold, at: moment))"
        case .window, .dailyLimit: reason(hold, at: moment)
        case .misconfigured(let message, .some): "waiting until \(time ?? ""): \(message)"
        case .unavailable(nil), .misconfigured(_, nil): "checking whether the API is back"
        }
    }

    // MARK: Probes without work

    /// A breaker that is open while there is nothing to send asks by a login: so it is known when the API is back.
    mutating func probeLogin(now: Instant) {
        guard hasAPI, !isProbingLogin, shutdown == nil, pacing.isTroubled, !hasWorkToProbeWith,
            pacing.permission(now: now) == .probe
        else { return }
        isProbingLogin = true
        pacing.probeSent()
        act(.probeLogin)
    }

    private var hasWorkToProbeWith: Bool {
        roundRobin.contains { id in
            guard let run = runs[id], run.machine.isRunnable else { return false }
            return !run.ready.isEmpty || !run.planned.isEmpty || run.backingOff + run.committing + run.inFlight > 0
        }
    }

    mutating func loginAnswered(_ answer: APIResponse, at moment: Moment) {
        isProbingLogin = false
        lastFault = LastFault(answer) ?? lastFault
        if case .misconfigured(_, let message) = answer.outcome {
            pacing.probeMisconfigured(message, now: moment.instant)
            return
        }
        let isWorking =
            switch answer.outcome {
            case .transient: false
            case .applied, .refused, .tokenRefused, .throttled, .misconfigured: true
            }
        pacing.probeAnswered(isWorking: isWorking, now: moment.instant)
        if let retryAfter = answer.outcome.retryAfter { pauseAskedFor(retryAfter.pause, retryAfter, at: moment) }
    }

    // MARK: Giving up

    mutating func forgetFruitless() {
        fruitless = .zero
        fruitlessSince = nil
    }

    /// Time counts as fruitless while something is under way or failed: not while the operator's own rate is waited
    /// for, nothing is there to send, or the API asked for a pause.
    mutating func countFruitless(at moment: Moment) {
        let now = moment.instant
        if let since = fruitlessSince { fruitless += now - since }
        let isTrying = pacing.inFlight > 0 || !backoffs.isEmpty || !pacing.breaker.isClosed || shortage != nil
        let isAskedToWait = pacing.askedUntil.map { $0 > now } ?? false || plannedHold(at: moment) != nil
        fruitlessSince = isTrying && !isAskedToWait ? now : nil
    }

    mutating func beat(at moment: Moment) {
        record(roundRobin.compactMap { id in runs[id].map { .progress(id, $0.progress(now: moment.instant)) } })
        countFruitless(at: moment)
        guard let limit = policy.giveUpAfter, fruitless >= limit else { return }
        let seconds = Int(limit.inSeconds.rounded())
        // Without a fault, everything that was tried is still on its way.
        let cause = ": " + (shortage?.firstSentence ?? lastFault?.cause ?? "the API has not answered yet")
        giveUp("gave up after \(seconds) s without a success\(cause); the run can be resumed", at: moment)
    }

    /// The API asked for a pause.
    /// - Parameters:
    ///   - pause: how long nothing leaves.
    ///   - retryAfter: what it asked for, when that was explicit.
    mutating func pauseAskedFor(_ pause: Duration, _ retryAfter: RetryAfter?, at moment: Moment) {
        pacing.pause(until: moment.instant + pause, isAsked: true)
        if pause > Pacing.shortPause {
            for run in roundRobin { recordPause(of: run, at: moment) }
        }
        let asked = min(max(pause, retryAfter?.asked ?? .zero), RetryAfter.longest)
        guard let limit = policy.giveUpAfter, asked > limit || retryAfter?.isTooLong == true else { return }
        giveUp(Self.pauseReason(until: moment.date(of: moment.instant + asked)), at: moment)
    }

    /// What the API asked for before this process began, or of another one, holds for everything that is sent to it.
    mutating func knowPause(until: Date?, at moment: Moment) {
        guard let until, until > moment.date else { return }
        // A clock may have been wrong when it was asked.
        pacing.pause(until: min(moment.instant(of: until), moment.instant + RetryAfter.longest), isAsked: true)
    }

    /// Makes a pause durable that the API asked for, so that it survives a restart.
    mutating func recordPause(of run: RunID, at moment: Moment) {
        guard let until = pacing.askedUntil, until - moment.instant > Pacing.shortPause else { return }
        record([.wait(run, until: moment.date(of: until))])
    }

    /// A command does not wait for the end of a pause that is longer than it waits for a success.
    mutating func checkPatience(of run: DeliveryRun, until: Date, at moment: Moment) {
        guard let limit = policy.giveUpAfter, !policy.resumesByItself(run.source),
            moment.instant(of: until) - moment.instant > limit
        else { return }
        requestStop(run.id, reason: Self.pauseReason(until: until), mode: .finishInFlight, at: moment)
    }

    private static func pauseReason(until: Date) -> String {
        "the API asked for a pause until \(until.formatted(.iso8601)); resume the run after that"
    }

    private mutating func giveUp(_ reason: String, at moment: Moment) {
        for id in roundRobin {
            guard let run = runs[id], run.machine.isRunnable, !policy.resumesByItself(run.source) else { continue }
            requestStop(id, reason: reason, mode: .finishInFlight, at: moment)
        }
    }
}

extension DeliveryError {
    /// What is wrong, without what to do; without its period.
    fileprivate var firstSentence: String {
        message.split(separator: ". ", maxSplits: 1).first.map(String.init) ?? message
    }
}
