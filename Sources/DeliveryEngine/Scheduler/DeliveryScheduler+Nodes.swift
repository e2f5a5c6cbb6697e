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

    /// The API asked another process for a pause.
    mutating func pauseAskedOfAnother(_ pause: Duration, at moment: Moment) {
        pauseAskedFor(pause, nil, at: moment)
        pump(at: moment)
    }
}
