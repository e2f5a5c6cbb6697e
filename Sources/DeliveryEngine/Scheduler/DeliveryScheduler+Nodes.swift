import DeliveryModel

/// What several processes that send to one API have in common.
extension DeliveryScheduler {
    /// Keeps to a share of what all of them together may use.
    mutating func use(_ share: NodeShare, of limits: ClusterLimits, at moment: Moment) {
        policy.concurrency = limits.concurrency
        policy.rate = limits.rate
        policy.share = share
        // The same hours stay as they were written here.
        if policy.window?.zonedText != limits.window || policy.dailyLimit != limits.dailyLimit {
            let window = limits.window.flatMap { SendWindow(argument: $0) }
            keepSchedule(
                window: window?.zonedText == policy.window?.zonedText ? policy.window : window,
                dailyLimit: limits.dailyLimit, at: moment)
        }
        pacing.setMaximum(share.concurrency)
        pacing.recordRate.change(to: share.rate, now: moment.instant)
        for run in roundRobin { giveRoom(run) }
        act(.publish)
        pump(at: moment)
    }

    /// Ends work on what another process can deliver, since this one can't. What is in flight may end. Then it is `yielded`,
    /// and nobody opens it here before `gaveAway` was told of it.
    mutating func yieldRuns(because reason: String, at moment: Moment) {
        for id in roundRobin {
            guard let run = runs[id], run.machine.isRunnable, Self.isPortable(run.source) else { continue }
            yielding.insert(id)
            endEarly(id, .parked(reason: reason, until: nil), at: moment)
            graceBegins(id, at: moment)
        }
        for run in queue.runs(where: { !$0.isPaused && Self.isPortable($0.summary.source) }) {
            queue.remove(run)
            yielded.insert(run)
            act(.tellWaiters(run, nil))
        }
        pump(at: moment)
    }

    mutating func gaveAway(_ runs: [RunID]) { yielded.subtract(runs) }

    /// Whether the store holds all that another process needs to continue. A file belongs to whoever follows it here.
    private static func isPortable(_ source: RunSource) -> Bool {
        switch source {
        case .upload, .submissions, .retry: true
        case .file, .standardInput: false
        }
    }

    /// Requests a second that the API is known to take from this process; `nil` before it refused any.
    var learnedRate: Double? { pacing.rateGate.learnedRate }

    /// Another process has learned what the API takes: this one sends that part of it.
    mutating func adoptRate(_ rate: Double, at moment: Moment) {
        pacing.rateGate.adopt(rate, opening: moment.instant + Self.rateHandover, now: moment.instant)
        act(.publish)
        pump(at: moment)
    }

    /// Gives a part of what it has learned to other processes, or takes theirs over.
    mutating func scaleRate(by factor: Double, at moment: Moment) {
        pacing.rateGate.scale(by: factor, now: moment.instant)
        act(.publish)
        pump(at: moment)
    }

    /// Until the others have heard of it, and the API no longer counts what they sent before.
    private static let rateHandover = Duration.milliseconds(1500)

    /// The API asked another process for a pause.
    mutating func throttle(for pause: Duration, at moment: Moment) {
        pauseAskedFor(pause, nil, at: moment)
        pump(at: moment)
    }
}
